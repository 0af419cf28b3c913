-- A store of schema 0007, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_0I1UPT69SPx7ZMnWOu7ERpwWBz3Gzii1mINZ
-- key service-account.ci/key/main pnb_Axl1cycKEvs6fMXR7Tf2zSIsSq9O6gefOZUr
BEGIN TRANSACTION;
CREATE TABLE account (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	handle TEXT NOT NULL, 
	world TEXT NOT NULL, 
	features TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	serial INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (number), 
	CONSTRAINT uq_account_handle UNIQUE (handle), 
	CONSTRAINT uq_account_id UNIQUE (id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "account" VALUES(1,'a0fc047e-b0a6-480a-93c7-85e803288068','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',42,'2026-11-30T02:22:39.919000Z');
CREATE TABLE address (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_address PRIMARY KEY (account, number), 
	CONSTRAINT fk_address_account FOREIGN KEY(account) REFERENCES account (number) ON DELETE RESTRICT, 
	CONSTRAINT uq_address_account_kind_key UNIQUE (account, kind, "key")
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "address" VALUES(1,1,'account','');
INSERT INTO "address" VALUES(1,2,'workspace','*');
INSERT INTO "address" VALUES(1,3,'everyone','');
INSERT INTO "address" VALUES(1,4,'role','account/owner');
INSERT INTO "address" VALUES(1,5,'role','account/admin');
INSERT INTO "address" VALUES(1,6,'role','account/member');
INSERT INTO "address" VALUES(1,7,'role','account/collaborator');
INSERT INTO "address" VALUES(1,8,'role','workspace/viewer');
INSERT INTO "address" VALUES(1,9,'role','workspace/runner');
INSERT INTO "address" VALUES(1,10,'role','workspace/developer');
INSERT INTO "address" VALUES(1,11,'role','workspace/owner');
INSERT INTO "address" VALUES(1,12,'role','workspace/worker');
INSERT INTO "address" VALUES(1,14,'member','olivia@example.org');
INSERT INTO "address" VALUES(1,17,'role','workspace/oncall');
INSERT INTO "address" VALUES(1,19,'role','workspace/reader');
INSERT INTO "address" VALUES(1,21,'workspace','prod');
INSERT INTO "address" VALUES(1,23,'workspace','test');
INSERT INTO "address" VALUES(1,25,'member','bo@example.org');
INSERT INTO "address" VALUES(1,27,'team','data');
INSERT INTO "address" VALUES(1,29,'member','cy@example.org');
INSERT INTO "address" VALUES(1,31,'member','dee@example.org');
INSERT INTO "address" VALUES(1,33,'service-account','ci');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE api_key (
	account INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	until TEXT, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, shown TEXT, 
	CONSTRAINT pk_api_key PRIMARY KEY (account, owner, name), 
	CONSTRAINT fk_api_key_account_owner FOREIGN KEY(account, owner) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_api_key_account_hash UNIQUE (account, hash), 
	CONSTRAINT uq_api_key_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "api_key" VALUES(1,14,'init','ffae4a11c1c275934e21b01bc281a294fae71a21a1fec6e3570e0046526d15ce',NULL,'cede2643-386a-42d0-8a4f-af09cc9d0585','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',15,'pnu_...mINZ');
INSERT INTO "api_key" VALUES(1,33,'main','c5d7241a0b2859dedcdbedc633694016d81af948392e7f27dee759bf40de5f84','2099-01-01T00:00:00.000000Z','91d5dfae-0683-47ea-9fd0-f779d7ac3e76','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',34,'pnb_...OZUr');
CREATE TABLE audit (
	account INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	timestamp TEXT NOT NULL, 
	message TEXT NOT NULL, 
	object_id TEXT NOT NULL, 
	object_table TEXT NOT NULL, 
	info TEXT, 
	applier TEXT NOT NULL, 
	on_behalf_of TEXT NOT NULL, 
	run TEXT NOT NULL, 
	plan_digest TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	result TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (account, seq), 
	CONSTRAINT fk_audit_account FOREIGN KEY(account) REFERENCES account (number) ON DELETE RESTRICT, 
	CONSTRAINT uq_audit_account_prev UNIQUE (account, prev)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','77126b8784812fefd2097d9982e39fe2e967e63d9d5ae88be6b6b126b23c2e3a','2026-11-30T02:22:39.939000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"kept":{"account":{"created":"2026-11-30T02:22:39.919000Z","features":["audit-trail","basic-rbac","custom-roles","teams"],"id":"a0fc047e-b0a6-480a-93c7-85e803288068","settings":{},"world":"prefect-cloud"},"role/10":{"created":"2026-11-30T02:22:39.939000Z","id":"80a9e2c1-f600-4f7c-a176-7fab1559b5e8"},"role/11":{"created":"2026-11-30T02:22:39.939000Z","id":"f99f12a6-34ae-49b5-acff-91f27a8f2098"},"role/12":{"created":"2026-11-30T02:22:39.939000Z","id":"8fdd5f5b-6629-47da-b152-5cc5e0a12186"},"role/4":{"created":"2026-11-30T02:22:39.939000Z","id":"ec053867-7c17-455f-9232-8bb4201d6237"},"role/5":{"created":"2026-11-30T02:22:39.939000Z","id":"edb5c18d-a5c9-42ad-8d2b-884fba6b62ed"},"role/6":{"created":"2026-11-30T02:22:39.939000Z","id":"4933ed08-7b2b-4c0a-b025-82e84651c679"},"role/7":{"created":"2026-11-30T02:22:39.939000Z","id":"02949896-1ae0-41b7-9ef9-82f92a4a3efd"},"role/8":{"created":"2026-11-30T02:22:39.939000Z","id":"407e6541-426f-4066-b550-984abbf75e41"},"role/9":{"created":"2026-11-30T02:22:39.939000Z","id":"aa84a0ef-df5c-4e63-a23d-2fb65de54c3b"},"user/14":{"actor_id":"2af97172-25cb-458e-8dc8-04f522091997","created":"2026-11-30T02:22:39.939000Z","id":"baf1f1c3-161c-433e-bf79-e5ed6d8abfd9"}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'77126b8784812fefd2097d9982e39fe2e967e63d9d5ae88be6b6b126b23c2e3a','0690afe0183ac693eeb8a8a5a5c1cb2e23aa9177fb4f31d49b49c12a8f189068','2026-11-30T02:22:39.939000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"kept":{"api_key/14/init":{"created":"2026-11-30T02:22:39.939000Z","hash":"99e13460ce27866d976143765155fbda6a92861399b0d48133e4959925cad47b","id":"cede2643-386a-42d0-8a4f-af09cc9d0585","shown":"pnu_...mINZ"},"document/0eab154d-9969-48e0-abc3-64b04135dfba":{"content":{"default":null,"everywhere":true,"maker":null},"kind":"key","name":"cede2643-386a-42d0-8a4f-af09cc9d0585","owner":14}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'0690afe0183ac693eeb8a8a5a5c1cb2e23aa9177fb4f31d49b49c12a8f189068','f9ee349b35aef370a68348787cdaa4f87c708a26fa1b384ef7a2ec611c63f90a','2026-11-30T02:23:15.081000Z','`role.oncall` created','role.oncall','role','{"kept":{"role/17":{"created":"2026-11-30T02:23:15.081000Z","id":"13aaf969-f957-4d3a-ac1e-dc14f118881c"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'f9ee349b35aef370a68348787cdaa4f87c708a26fa1b384ef7a2ec611c63f90a','affd7b36fa2268d3241b6c2b415c351e1c3d0147db5e021e573961f8bbe539bf','2026-11-30T02:23:15.081000Z','`role.reader` created','role.reader','role','{"kept":{"role/19":{"created":"2026-11-30T02:23:15.081000Z","id":"072e0593-9680-4db7-aacf-a10651b0e99a"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'affd7b36fa2268d3241b6c2b415c351e1c3d0147db5e021e573961f8bbe539bf','29ee91be8d6f7a3603ca9ac264514a3fb37380be4815b67d336c0aaae7eb7958','2026-11-30T02:23:15.081000Z','`workspace.prod` created','workspace.prod','workspace','{"kept":{"workspace/21":{"created":"2026-11-30T02:23:15.081000Z","id":"d5855137-765f-41f5-95c2-f878fb0cd2a8"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'29ee91be8d6f7a3603ca9ac264514a3fb37380be4815b67d336c0aaae7eb7958','9ba02853231f787155e54edd8610c930a450cdb010cb39362e50aee00cf04297','2026-11-30T02:23:15.081000Z','`workspace.test` created','workspace.test','workspace','{"kept":{"workspace/23":{"created":"2026-11-30T02:23:15.081000Z","id":"79849144-b675-4451-afbf-a2cb6f4f0f22"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'9ba02853231f787155e54edd8610c930a450cdb010cb39362e50aee00cf04297','450a83b6c0f455729e990c483bbc24ee6343d1b576255ad65a2ce21d3a4232e8','2026-11-30T02:23:15.081000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/25":{"actor_id":"6781b5a3-2242-4523-8f46-9ed11bd804fe","created":"2026-11-30T02:23:15.081000Z","id":"57555cad-0c00-4b28-aa6c-9bfdfe19f2e5"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'450a83b6c0f455729e990c483bbc24ee6343d1b576255ad65a2ce21d3a4232e8','972fa40ef074059a3e4ef781f59d862d54486e10c7675b67a47f2760fbeb4cf1','2026-11-30T02:23:15.081000Z','`team.data` created','team.data','team','{"kept":{"team/27":{"created":"2026-11-30T02:23:15.081000Z","id":"d1849845-bc69-40bd-97c2-a7ded0b8a422"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,9,'972fa40ef074059a3e4ef781f59d862d54486e10c7675b67a47f2760fbeb4cf1','2ad0004b0852f02dcc78b840f56cc07b98a1b72014534ec6f58df0228f17e87e','2026-11-30T02:23:15.081000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/29":{"actor_id":"5f84d8c8-e658-406f-b1c8-a99297e9b316","created":"2026-11-30T02:23:15.081000Z","id":"59f2b66a-f88f-4506-8168-45d852e2cde4"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,10,'2ad0004b0852f02dcc78b840f56cc07b98a1b72014534ec6f58df0228f17e87e','43e91fb05b7574a9d0e293096c8f0a1aa6a443f63b417008f98defe02053a413','2026-11-30T02:23:15.081000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}],"kept":{"user/31":{"actor_id":"8281b225-40e3-4345-871f-f1233372e5af","created":"2026-11-30T02:23:15.081000Z","id":"baf0c76b-a5b2-436c-aaa0-ff8f5f3573fa"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'43e91fb05b7574a9d0e293096c8f0a1aa6a443f63b417008f98defe02053a413','54b078d6a706280f935a67ff256efc506a1dc45ebe037349a5875264c546f68c','2026-11-30T02:23:15.081000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"service_account/33":{"actor_id":"cab280db-c2f1-42d5-8283-6a3d2dbdfa11","created":"2026-11-30T02:23:15.081000Z","id":"f949cb09-68d6-44f8-97fb-1f77b129362c"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'54b078d6a706280f935a67ff256efc506a1dc45ebe037349a5875264c546f68c','b515e5cc6bf2220190d00ae46952ffb0d3472089d1ecc8acf45257f70e075fed','2026-11-30T02:23:15.081000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key','{"kept":{"api_key/33/main":{"created":"2026-11-30T02:23:15.081000Z","hash":"714969fff78da38993d09cc06b5f24f6441b947186e5b10a104b2dc5b20047ed","id":"91d5dfae-0683-47ea-9fd0-f779d7ac3e76","shown":"pnb_...OZUr"}}}','olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'b515e5cc6bf2220190d00ae46952ffb0d3472089d1ecc8acf45257f70e075fed','763b93d95c16c0b242a9777b30a960488d2816a5db254dcf2507c4ae818150f3','2026-11-30T02:23:15.081000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'763b93d95c16c0b242a9777b30a960488d2816a5db254dcf2507c4ae818150f3','727e455be1bd1bb430d8eaef15e767cc68b9811b713265f17af7d74fd9b9a3d8','2026-11-30T02:23:15.081000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'727e455be1bd1bb430d8eaef15e767cc68b9811b713265f17af7d74fd9b9a3d8','24b9b409e82e986591db9cb90d2c0701a9a5af2b8a085835f28a26837c91e02e','2026-11-30T02:23:15.081000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'24b9b409e82e986591db9cb90d2c0701a9a5af2b8a085835f28a26837c91e02e','f5b95d843d1ead4efa7b0f48ff1e17f63a2e4b8f446a8eeec77c3039f8e78b98','2026-11-30T02:23:15.081000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,17,'f5b95d843d1ead4efa7b0f48ff1e17f63a2e4b8f446a8eeec77c3039f8e78b98','5e8b8f3f1fdc57123504508894e15fc7620e483348ae627815d0f3a5beab8c01','2026-11-30T02:23:15.081000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'5e8b8f3f1fdc57123504508894e15fc7620e483348ae627815d0f3a5beab8c01','8cf6f427275b61dcdc18c94de61ffc216c3b0f82674c65e92f045b10dbf823fd','2026-11-30T02:23:15.081000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','b178b641-abe6-424b-a6f1-112f0b739d62','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,19,'8cf6f427275b61dcdc18c94de61ffc216c3b0f82674c65e92f045b10dbf823fd','86e9962feb1d39957357b0167307111f2a1f096c781ee227f5c6eebe53b4deea','2026-11-30T02:23:18.363000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','0a79d067-332d-4a68-a04e-890ff2979052','c1c1c1ab86b111e27c6a21ff7f96ba58d6d3ed9c1805210e41cad51caab4f935','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,20,'86e9962feb1d39957357b0167307111f2a1f096c781ee227f5c6eebe53b4deea','be331de8ecf6731ec41dd598a5c209625ceb850bbd061e850a5dcaa3acdf00d6','2026-11-30T02:23:18.363000Z','`team.data` updated','team.data','team',NULL,'olivia@example.org','','0a79d067-332d-4a68-a04e-890ff2979052','c1c1c1ab86b111e27c6a21ff7f96ba58d6d3ed9c1805210e41cad51caab4f935','{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
CREATE TABLE binding (
	account INTEGER NOT NULL, 
	scope INTEGER NOT NULL, 
	principal INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	role INTEGER NOT NULL, 
	since TEXT, 
	until TEXT, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, reason TEXT, 
	CONSTRAINT pk_binding PRIMARY KEY (account, scope, principal, position), 
	CONSTRAINT fk_binding_account_principal FOREIGN KEY(account, principal) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT fk_binding_account_role FOREIGN KEY(account, role) REFERENCES role (account, number) ON DELETE RESTRICT, 
	CONSTRAINT fk_binding_account_scope FOREIGN KEY(account, scope) REFERENCES address (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'2467cd6a-253d-41d2-aeb1-b7e8dc35e76b','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'54bdeb0a-c8c7-4c51-bc3f-a68a85daa817','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,29,0,6,NULL,NULL,'5694d080-3107-4fe5-8e20-4f4645fbe5b1','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',28,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'af254f7f-9596-479f-a226-7173bd8ba430','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'2e863aab-f112-4396-b702-9944e0af355d','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'b74c1b49-74ae-40a8-8ab0-71b57984596f','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,8,NULL,NULL,'ce235807-46ab-4f5e-a0c1-3419d2ddbd92','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',38,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,19,NULL,'2099-01-01T00:00:00.000000Z','bc8cbe39-f519-4308-af7b-64c9648f4d73','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',36,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'8688adb0-ce3c-4367-af3f-6c54d4ffbb77','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',37,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'69471de0-b984-47ec-ae47-479f2522352a','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',40,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'914acf09-f92e-42fe-bbee-3431763c2a48','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',39,NULL);
CREATE TABLE document (
	account INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	owner INTEGER NOT NULL, 
	name TEXT, 
	content TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	CONSTRAINT pk_document PRIMARY KEY (account, id), 
	CONSTRAINT fk_document_account_owner FOREIGN KEY(account, owner) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_document_account_kind_owner_name UNIQUE (account, kind, owner, name)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "document" VALUES(1,'0eab154d-9969-48e0-abc3-64b04135dfba','key',14,'cede2643-386a-42d0-8a4f-af09cc9d0585','{"default":null,"everywhere":true,"maker":null}','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z');
CREATE TABLE role (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	description TEXT NOT NULL, 
	builtin INTEGER NOT NULL, 
	base INTEGER, 
	CONSTRAINT pk_role PRIMARY KEY (account, number), 
	CONSTRAINT fk_role_account_base FOREIGN KEY(account, base) REFERENCES role (account, number) ON DELETE RESTRICT, 
	CONSTRAINT fk_role_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_role_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "role" VALUES(1,4,'ec053867-7c17-455f-9232-8bb4201d6237','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'edb5c18d-a5c9-42ad-8d2b-884fba6b62ed','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'4933ed08-7b2b-4c0a-b025-82e84651c679','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'02949896-1ae0-41b7-9ef9-82f92a4a3efd','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'407e6541-426f-4066-b550-984abbf75e41','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'aa84a0ef-df5c-4e63-a23d-2fb65de54c3b','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'80a9e2c1-f600-4f7c-a176-7fab1559b5e8','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'f99f12a6-34ae-49b5-acff-91f27a8f2098','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'8fdd5f5b-6629-47da-b152-5cc5e0a12186','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'13aaf969-f957-4d3a-ac1e-dc14f118881c','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'072e0593-9680-4db7-aacf-a10651b0e99a','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',18,'',0,NULL);
CREATE TABLE role_implied (
	account INTEGER NOT NULL, 
	role INTEGER NOT NULL, 
	implied INTEGER NOT NULL, 
	CONSTRAINT pk_role_implied PRIMARY KEY (account, role, implied), 
	CONSTRAINT fk_role_implied_account_implied FOREIGN KEY(account, implied) REFERENCES role (account, number) ON DELETE RESTRICT, 
	CONSTRAINT fk_role_implied_account_role FOREIGN KEY(account, role) REFERENCES role (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE role_permission (
	account INTEGER NOT NULL, 
	role INTEGER NOT NULL, 
	permission TEXT NOT NULL, 
	CONSTRAINT pk_role_permission PRIMARY KEY (account, role, permission), 
	CONSTRAINT fk_role_permission_account_role FOREIGN KEY(account, role) REFERENCES role (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "role_permission" VALUES(1,19,'see_flows');
CREATE TABLE run (
	account INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	plan_digest TEXT NOT NULL, 
	CONSTRAINT pk_run PRIMARY KEY (account, id), 
	CONSTRAINT fk_run_account FOREIGN KEY(account) REFERENCES account (number) ON DELETE RESTRICT
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "run" VALUES(1,'0a79d067-332d-4a68-a04e-890ff2979052','2026-11-30T02:23:18.363000Z','c1c1c1ab86b111e27c6a21ff7f96ba58d6d3ed9c1805210e41cad51caab4f935');
INSERT INTO "run" VALUES(1,'b178b641-abe6-424b-a6f1-112f0b739d62','2026-11-30T02:23:15.081000Z','aab3d4624bb0f956b271fba8167a064abe3b4b6236b5a3a9457fe0c2b09af9d0');
INSERT INTO "run" VALUES(1,'init','2026-11-30T02:22:39.939000Z','');
CREATE TABLE service_account (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	actor_id TEXT NOT NULL, 
	description TEXT NOT NULL, 
	CONSTRAINT pk_service_account PRIMARY KEY (account, number), 
	CONSTRAINT fk_service_account_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_service_account_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "service_account" VALUES(1,33,'f949cb09-68d6-44f8-97fb-1f77b129362c','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:18.363000Z',41,'cab280db-c2f1-42d5-8283-6a3d2dbdfa11','Builds and ships.');
CREATE TABLE team (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	description TEXT NOT NULL, 
	managed_by TEXT NOT NULL, 
	CONSTRAINT pk_team PRIMARY KEY (account, number), 
	CONSTRAINT fk_team_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_team_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "team" VALUES(1,27,'d1849845-bc69-40bd-97c2-a7ded0b8a422','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:18.363000Z',42,'','');
CREATE TABLE team_member (
	account INTEGER NOT NULL, 
	team INTEGER NOT NULL, 
	member INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	since TEXT, 
	until TEXT, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, reason TEXT, 
	CONSTRAINT pk_team_member PRIMARY KEY (account, team, member), 
	CONSTRAINT fk_team_member_account_member FOREIGN KEY(account, member) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT fk_team_member_account_team FOREIGN KEY(account, team) REFERENCES team (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "team_member" VALUES(1,27,25,'eb7a4195-50fe-4a01-819a-77e7e0311c66',NULL,NULL,'2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',NULL);
INSERT INTO "team_member" VALUES(1,27,29,'dfa0ac0a-b9fe-44f6-8bf6-1e0a53a034ea',NULL,NULL,'2026-11-30T02:23:18.363000Z','2026-11-30T02:23:18.363000Z',NULL);
CREATE TABLE user (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	actor_id TEXT NOT NULL, 
	email TEXT NOT NULL, 
	status TEXT NOT NULL, 
	expires TEXT, 
	CONSTRAINT pk_user PRIMARY KEY (account, number), 
	CONSTRAINT fk_user_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_user_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "user" VALUES(1,14,'baf1f1c3-161c-433e-bf79-e5ed6d8abfd9','2026-11-30T02:22:39.939000Z','2026-11-30T02:22:39.939000Z',13,'2af97172-25cb-458e-8dc8-04f522091997','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'57555cad-0c00-4b28-aa6c-9bfdfe19f2e5','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',24,'6781b5a3-2242-4523-8f46-9ed11bd804fe','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,29,'59f2b66a-f88f-4506-8168-45d852e2cde4','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',28,'5f84d8c8-e658-406f-b1c8-a99297e9b316','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'baf0c76b-a5b2-436c-aaa0-ff8f5f3573fa','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',30,'8281b225-40e3-4345-871f-f1233372e5af','dee@example.org','active',NULL);
CREATE TABLE workspace (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	public INTEGER NOT NULL, 
	CONSTRAINT pk_workspace PRIMARY KEY (account, number), 
	CONSTRAINT fk_workspace_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_workspace_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "workspace" VALUES(1,21,'d5855137-765f-41f5-95c2-f878fb0cd2a8','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'79849144-b675-4451-afbf-a2cb6f4f0f22','2026-11-30T02:23:15.081000Z','2026-11-30T02:23:15.081000Z',22,'test','',0);
CREATE INDEX ix_role_account_base ON role (account, base);
CREATE INDEX ix_binding_account_principal ON binding (account, principal);
CREATE INDEX ix_binding_account_role ON binding (account, role);
CREATE INDEX ix_role_implied_account_implied ON role_implied (account, implied);
CREATE INDEX ix_team_member_account_member ON team_member (account, member);
CREATE TRIGGER audit_refuses_update BEFORE update ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_refuses_delete BEFORE delete ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE INDEX ix_api_key_hash ON api_key (hash);
CREATE INDEX ix_document_account_owner ON document (account, owner);
CREATE INDEX ix_document_id ON document (id);
CREATE INDEX ix_audit_account_object_id ON audit (account, object_id);
CREATE INDEX ix_audit_account_timestamp ON audit (account, timestamp, seq, object_table);
COMMIT;
