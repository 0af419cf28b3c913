-- A store of schema 0003, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_WqeoCbGIL1p2bRR5TyZKCcgatr8mRoxUFgwz
-- key service-account.ci/key/main pnb_1ruEobLtXZPLaFKRkaumSERKK7VxAVbkrMIT
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
INSERT INTO "account" VALUES(1,'82491afe-86ec-47ff-8659-abef56d8a85f','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',41,'2026-11-29T03:54:47.359000Z');
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
INSERT INTO "address" VALUES(1,27,'member','cy@example.org');
INSERT INTO "address" VALUES(1,29,'team','data');
INSERT INTO "address" VALUES(1,31,'member','dee@example.org');
INSERT INTO "address" VALUES(1,33,'service-account','ci');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
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
INSERT INTO "api_key" VALUES(1,14,'init','b55ef0ab0db3d50503104050eafb20f5f4962b8c4d6e7fff1e6c3b78c6eee612',NULL,'7a74d43f-61bd-4443-8b10-6fdf7e2cb224','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',15,'pnu_...Fgwz');
INSERT INTO "api_key" VALUES(1,33,'main','97c4d43c26468e15dce2b7eec883db2e5f301781d395ef99f021481da0ec4d78','2099-01-01T00:00:00.000000Z','5783b02e-d94e-450b-9173-f0b49a4222c7','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',34,'pnb_...rMIT');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','6ffac27908d2b886f4879a5465530c7ea7ca565f89aa14a5540f32cce7697649','2026-11-29T03:54:47.366000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'6ffac27908d2b886f4879a5465530c7ea7ca565f89aa14a5540f32cce7697649','9a249742e86021caeddab80fbbe933874cd7f6bc090aabc77cebe1fc59b755a0','2026-11-29T03:54:47.366000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'9a249742e86021caeddab80fbbe933874cd7f6bc090aabc77cebe1fc59b755a0','d7eab9898a07cea4ba0d0d61fe436ccbbd57bdc98c5e5f2a6fded8eaa472931c','2026-11-29T03:54:49.782000Z','`role.oncall` created','role.oncall','role',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'d7eab9898a07cea4ba0d0d61fe436ccbbd57bdc98c5e5f2a6fded8eaa472931c','bf4077031332de902842e4e5779b704fe48078b61e40b837f63004285c6ae0bf','2026-11-29T03:54:49.782000Z','`role.reader` created','role.reader','role',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'bf4077031332de902842e4e5779b704fe48078b61e40b837f63004285c6ae0bf','c6fcd28ede95a80ff551ba9308f6d3b6722ef85f75f49cadc0a70aeae6a814b0','2026-11-29T03:54:49.782000Z','`workspace.prod` created','workspace.prod','workspace',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'c6fcd28ede95a80ff551ba9308f6d3b6722ef85f75f49cadc0a70aeae6a814b0','1e93b966d2cb33f1a74626c54c80cac3c7bdb21c2ed60dbc2bee5b3f59b3a73f','2026-11-29T03:54:49.782000Z','`workspace.test` created','workspace.test','workspace',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'1e93b966d2cb33f1a74626c54c80cac3c7bdb21c2ed60dbc2bee5b3f59b3a73f','c266409271bc0f01fc35f4e24117fa7bdee1ee6cd2a64cb1c9c6e047903a6883','2026-11-29T03:54:49.782000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'c266409271bc0f01fc35f4e24117fa7bdee1ee6cd2a64cb1c9c6e047903a6883','bc7ffa0a894a859736639b5a064896eda92684bb09974ca9bde7fdfb767a3fae','2026-11-29T03:54:49.782000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,9,'bc7ffa0a894a859736639b5a064896eda92684bb09974ca9bde7fdfb767a3fae','53cbea929660eb0866b30014c7545f1481c72bb95fdaa373eea00df94a41935d','2026-11-29T03:54:49.782000Z','`team.data` created','team.data','team',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,10,'53cbea929660eb0866b30014c7545f1481c72bb95fdaa373eea00df94a41935d','0e7ed55f937b54eee8412b0a623a8f2a2873ad6466fb7c39e202ae1d9312fc56','2026-11-29T03:54:49.782000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}]}','olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'0e7ed55f937b54eee8412b0a623a8f2a2873ad6466fb7c39e202ae1d9312fc56','fcf4db339f2939176b97e90a1fda9d1cd401d2f027e02ebbc6761a69301ce9b3','2026-11-29T03:54:49.782000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'fcf4db339f2939176b97e90a1fda9d1cd401d2f027e02ebbc6761a69301ce9b3','01985b1beca916a72ff46cb15bfedbbb3c7a0357f3c6aa259fdfc09fa7f83889','2026-11-29T03:54:49.782000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'01985b1beca916a72ff46cb15bfedbbb3c7a0357f3c6aa259fdfc09fa7f83889','69a94c757d77ca51d4a448dcfc97e4a5d217cd46e2d4ccb5556dd942496f3b16','2026-11-29T03:54:49.782000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'69a94c757d77ca51d4a448dcfc97e4a5d217cd46e2d4ccb5556dd942496f3b16','5c9da1c8ca19f584492a07fba0324b898f3e78995be1f4785cb2be7718723718','2026-11-29T03:54:49.782000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'5c9da1c8ca19f584492a07fba0324b898f3e78995be1f4785cb2be7718723718','6e5c931df56f0505187b0158bec6a36bee24e037e592041570d64c220d4ea7ac','2026-11-29T03:54:49.782000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'6e5c931df56f0505187b0158bec6a36bee24e037e592041570d64c220d4ea7ac','e5e7a360a38f9105c1bb64594658d4022ade7d684c6a2dd3bfd53db0c14177b4','2026-11-29T03:54:49.782000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,17,'e5e7a360a38f9105c1bb64594658d4022ade7d684c6a2dd3bfd53db0c14177b4','bfd27350b5ceaf15bcff89b78a22f801d947a5d4d75167c212942e7a33df0aca','2026-11-29T03:54:49.782000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','3da55e1c-04b5-4584-95e7-4f92fd8f9f37','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'bfd27350b5ceaf15bcff89b78a22f801d947a5d4d75167c212942e7a33df0aca','439afcf69d9914e21a9fa75080485ffbb62663053d8328beb5230275dcf2e466','2026-11-29T03:54:52.041000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','2c6b1ca9-10cd-4486-8e35-9fda9051a9f6','c845cb5247b114d688f2dbfcd8ff63df9e93ae3e20b874df2094ab04204fa8f5','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,19,'439afcf69d9914e21a9fa75080485ffbb62663053d8328beb5230275dcf2e466','40b02512b1d75d57c3f9f005a684ff20887123ad2270fb2d183d69fbf5b72409','2026-11-29T03:54:52.041000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','2c6b1ca9-10cd-4486-8e35-9fda9051a9f6','c845cb5247b114d688f2dbfcd8ff63df9e93ae3e20b874df2094ab04204fa8f5',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
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
	version INTEGER NOT NULL, 
	CONSTRAINT pk_binding PRIMARY KEY (account, scope, principal, position), 
	CONSTRAINT fk_binding_account_principal FOREIGN KEY(account, principal) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT fk_binding_account_role FOREIGN KEY(account, role) REFERENCES role (account, number) ON DELETE RESTRICT, 
	CONSTRAINT fk_binding_account_scope FOREIGN KEY(account, scope) REFERENCES address (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'200969b4-5639-4869-afbd-64e9b4ee3129','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',13);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'bc96017f-58ec-49b2-a1a0-955c4b366df1','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',24);
INSERT INTO "binding" VALUES(1,1,27,0,6,NULL,NULL,'6eec682b-a3de-4d0d-bb10-06a16806e066','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',26);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'461d1dfd-8ff3-4ac0-b982-f33b0b0c3435','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',30);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'99eb8181-5d39-48b7-8ad1-46d7573fe3cd','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',32);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'24c57b89-05f3-47dd-b053-30483774a9a8','2026-11-29T03:54:52.041000Z','2026-11-29T03:54:52.041000Z',41);
INSERT INTO "binding" VALUES(1,21,27,0,19,NULL,'2099-01-01T00:00:00.000000Z','2094bbd0-0423-4672-b38a-9870076ddea1','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',35);
INSERT INTO "binding" VALUES(1,21,29,0,8,NULL,NULL,'9edc7c45-abac-46b8-a28f-1b6dc1664c4e','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',37);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'2822f74a-8c82-4124-87a5-7dce46f48346','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',36);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'4956a361-6066-4c3d-8531-00964c29aa64','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',39);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'5885be8c-85be-4691-a3c2-12e4872b7571','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',38);
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
INSERT INTO "document" VALUES(1,'ad7a5f02-d394-4241-80b1-813c4f4ff280','key',14,'7a74d43f-61bd-4443-8b10-6fdf7e2cb224','{"default":null,"everywhere":true,"maker":null}','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z');
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
INSERT INTO "role" VALUES(1,4,'d880f8ef-0f51-4aa8-953d-81e81abe27d1','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'6f0391d1-e01b-48de-adb9-2c2535905139','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'4b5b8c6e-691c-4c89-97dd-9f54174c3ffc','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'43e8020e-3bf3-45e3-8465-c697a74fdd9f','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'9a0ccef3-1c67-47df-8853-f92cb6082124','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'32b250a9-554f-4fd2-a7bb-9a73bdd341c0','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'d34d83ab-c3b9-4048-91a3-cf398e7ef9d8','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'f091366f-8f91-454a-9413-263def81ca92','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'2174420a-284f-4f94-9536-c864abc2b7e4','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'03d35933-4f6d-4f3a-9995-0f166d1cdc8e','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'be877e29-0e76-4aa9-87e7-720a90286c78','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'2c6b1ca9-10cd-4486-8e35-9fda9051a9f6','2026-11-29T03:54:52.041000Z','c845cb5247b114d688f2dbfcd8ff63df9e93ae3e20b874df2094ab04204fa8f5');
INSERT INTO "run" VALUES(1,'3da55e1c-04b5-4584-95e7-4f92fd8f9f37','2026-11-29T03:54:49.782000Z','fbf6af9f7d82e87c32ac3223d85393f15375ecab78ac39ae8363999f5e55a92e');
INSERT INTO "run" VALUES(1,'init','2026-11-29T03:54:47.366000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'b3b13015-826b-4f47-bc09-d0cc34dc1132','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:52.041000Z',40,'26fbddd3-24ce-41c1-af5f-745c6106bc4e','Builds and ships.');
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
INSERT INTO "team" VALUES(1,29,'736d486f-7e56-4abc-a044-266ce8c4d0c0','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',28,'','');
CREATE TABLE team_member (
	account INTEGER NOT NULL, 
	team INTEGER NOT NULL, 
	member INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	since TEXT, 
	until TEXT, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (account, team, member), 
	CONSTRAINT fk_team_member_account_member FOREIGN KEY(account, member) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT fk_team_member_account_team FOREIGN KEY(account, team) REFERENCES team (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "team_member" VALUES(1,29,25,'b3ff6f07-3f98-4ea7-94aa-621097e6179d',NULL,NULL,'2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z');
INSERT INTO "team_member" VALUES(1,29,27,'0340b193-30fd-46eb-aca8-bc779c4c4322',NULL,NULL,'2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z');
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
INSERT INTO "user" VALUES(1,14,'1576224d-2508-4de6-8093-98b1ed26646c','2026-11-29T03:54:47.366000Z','2026-11-29T03:54:47.366000Z',13,'e9dc7c3b-4c9f-4cd8-a66d-f34b4f5bc27f','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'053dc953-1c87-4bae-9b0b-deef58c2148f','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',24,'5115a2df-53c5-483d-adc6-97b83ed03fac','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,27,'68b8baff-4b09-4e1e-b2b5-ae3f6b8aa584','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',26,'561040f3-da1e-48e8-aaf2-2c905e7cc027','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'e0e139b2-ee2d-4aa6-b6f6-d3e110e99f0e','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',30,'cfac44f5-aea7-4ecf-b69f-6b2eeb1d840c','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'fb656b1b-f6bb-4bb7-96fd-858f96d4850b','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'e2b865cd-60fe-4903-b434-c5f7384f8bb4','2026-11-29T03:54:49.782000Z','2026-11-29T03:54:49.782000Z',22,'test','',0);
CREATE INDEX ix_audit_account_timestamp ON audit (account, timestamp);
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
COMMIT;
