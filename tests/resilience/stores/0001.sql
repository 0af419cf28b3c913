-- A store of schema 0001, as the rbac-sync of that time wrote it.
-- key olivia@example.org rbs_Z2yLM4N1WnYHm1O6SQ1nN8hgZpCbRFwNu5DG
-- key service-account.ci/key/main rbs_4X7EMliWxXQ5y4onR0BJbXZ6jecNu0k9X9BM
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
INSERT INTO "account" VALUES(1,'cf6858c9-dad5-4683-b743-16f23c4982e4','acme','prefect-cloud','["audit-trail","custom-roles","teams"]','{}',40,'2026-11-29T03:54:33.418000Z');
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
INSERT INTO "address" VALUES(1,7,'role','workspace/viewer');
INSERT INTO "address" VALUES(1,8,'role','workspace/runner');
INSERT INTO "address" VALUES(1,9,'role','workspace/developer');
INSERT INTO "address" VALUES(1,10,'role','workspace/owner');
INSERT INTO "address" VALUES(1,11,'role','workspace/worker');
INSERT INTO "address" VALUES(1,13,'member','olivia@example.org');
INSERT INTO "address" VALUES(1,16,'role','workspace/oncall');
INSERT INTO "address" VALUES(1,18,'role','workspace/reader');
INSERT INTO "address" VALUES(1,20,'workspace','prod');
INSERT INTO "address" VALUES(1,22,'workspace','test');
INSERT INTO "address" VALUES(1,24,'member','bo@example.org');
INSERT INTO "address" VALUES(1,26,'member','cy@example.org');
INSERT INTO "address" VALUES(1,28,'team','data');
INSERT INTO "address" VALUES(1,30,'member','dee@example.org');
INSERT INTO "address" VALUES(1,32,'service-account','ci');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE api_key (
	account INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	until TEXT, 
	id TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_api_key PRIMARY KEY (account, owner, name), 
	CONSTRAINT fk_api_key_account_owner FOREIGN KEY(account, owner) REFERENCES address (account, number) ON DELETE CASCADE, 
	CONSTRAINT uq_api_key_account_hash UNIQUE (account, hash), 
	CONSTRAINT uq_api_key_account_id UNIQUE (account, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "api_key" VALUES(1,13,'init','685627735ed37ee531033499a9cbc94134fb9e0570693f78f09f19e9d382b50d',NULL,'759572ad-ea3a-4e3b-8bad-c59391d869df','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',14);
INSERT INTO "api_key" VALUES(1,32,'main','783fc6992fa398487ae7684b9b21eaadf64825d826ff107ef3e6947e99d13daf','2099-01-01T00:00:00.000000Z','9e0643eb-75ee-4bbd-a5a8-13f409e44e1d','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',33);
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','880dd2c1caed3a3e828195ea2fd0ef272c7311904d7c5fabafdaacf6ea6065d1','2026-11-29T03:54:33.427000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'880dd2c1caed3a3e828195ea2fd0ef272c7311904d7c5fabafdaacf6ea6065d1','c2b91357e60112d379cab226a5439da2e7cfcf66b3191730647e706fd25a1e28','2026-11-29T03:54:33.427000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'c2b91357e60112d379cab226a5439da2e7cfcf66b3191730647e706fd25a1e28','00b663998ee20b05d665224485f4f47b654f5717655203395d1af40d95be3547','2026-11-29T03:54:35.050000Z','`role.oncall` created','role.oncall','role',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'00b663998ee20b05d665224485f4f47b654f5717655203395d1af40d95be3547','8bd73db49b3b294e727bd4748b2e26b2424a345f18ffdab9f207771f9bb46cb2','2026-11-29T03:54:35.050000Z','`role.reader` created','role.reader','role',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'8bd73db49b3b294e727bd4748b2e26b2424a345f18ffdab9f207771f9bb46cb2','caa5ede47d33d693d59f317a043394037f81bad7ab1edb154799bdedfd37bcbb','2026-11-29T03:54:35.050000Z','`workspace.prod` created','workspace.prod','workspace',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'caa5ede47d33d693d59f317a043394037f81bad7ab1edb154799bdedfd37bcbb','a6284eb0f4c6dd6070be659c361e94cb13bf839b440257ea6b2474c1d8563a2d','2026-11-29T03:54:35.050000Z','`workspace.test` created','workspace.test','workspace',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'a6284eb0f4c6dd6070be659c361e94cb13bf839b440257ea6b2474c1d8563a2d','49fb93651f10cfdbd63176877655e3eceeff548e2d7b2c8633f3634d51cd42cc','2026-11-29T03:54:35.050000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'49fb93651f10cfdbd63176877655e3eceeff548e2d7b2c8633f3634d51cd42cc','1086d487973b1b50b516848a2af8bd4ffc8ad06d0c8a7b990911eeed289289e1','2026-11-29T03:54:35.050000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,9,'1086d487973b1b50b516848a2af8bd4ffc8ad06d0c8a7b990911eeed289289e1','f2f82f521d59e427f82ec27def853e19cb10a2d653b222823911328399f4973b','2026-11-29T03:54:35.050000Z','`team.data` created','team.data','team',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,10,'f2f82f521d59e427f82ec27def853e19cb10a2d653b222823911328399f4973b','7d7e3ddd35628b2eba2e88b72dbaa29c152b282f00a162b1bbc85c9395c32006','2026-11-29T03:54:35.050000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}]}','olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'7d7e3ddd35628b2eba2e88b72dbaa29c152b282f00a162b1bbc85c9395c32006','25236a0301913850be6bbe539007a3e05d9b49ac748962e4f9731eea541a25f4','2026-11-29T03:54:35.050000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'25236a0301913850be6bbe539007a3e05d9b49ac748962e4f9731eea541a25f4','bf475c3db56c433eeb20e2b64f76ad39dc07255a635f40300e0ba10604578c08','2026-11-29T03:54:35.050000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'bf475c3db56c433eeb20e2b64f76ad39dc07255a635f40300e0ba10604578c08','4296d9135db6758bcb23e7b0ce93e1718822c00d6718ff49eda45132cb4ce0a6','2026-11-29T03:54:35.050000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'4296d9135db6758bcb23e7b0ce93e1718822c00d6718ff49eda45132cb4ce0a6','bc85ceee272c1a802c7e0216c3cbee4dc6169727435ce9bfffe513a2b9ac0b89','2026-11-29T03:54:35.050000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'bc85ceee272c1a802c7e0216c3cbee4dc6169727435ce9bfffe513a2b9ac0b89','432cff6c1beba823cfc36a30576d7470202dd98bf940927ab688c0178925222b','2026-11-29T03:54:35.050000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'432cff6c1beba823cfc36a30576d7470202dd98bf940927ab688c0178925222b','caf4ff6ec8b51c0f70b3c003670893bed531e1677efe8ee9245ce2bfd28eef4f','2026-11-29T03:54:35.050000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,17,'caf4ff6ec8b51c0f70b3c003670893bed531e1677efe8ee9245ce2bfd28eef4f','b946ac25a8d7a2ccc083a60a841902e06940902801f3175437a70febad449def','2026-11-29T03:54:35.050000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','6bc4f699-660b-4666-9ab4-5593cc4baf7e','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'b946ac25a8d7a2ccc083a60a841902e06940902801f3175437a70febad449def','11507906962965caf98854bbb420284d10d790ec9208f76f17de53c5f16b5330','2026-11-29T03:54:36.681000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','679a9f70-cbad-4573-83da-80ac512d9436','355034ecc93065d6c2f4d1104fc8d978c7fc33f62445ad5a1cd13d529df22ce0','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,19,'11507906962965caf98854bbb420284d10d790ec9208f76f17de53c5f16b5330','f9caa82ba9fffd6e81e077bbb395dad7db302f001fcb23906b6acfbb307aed9f','2026-11-29T03:54:36.681000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','679a9f70-cbad-4573-83da-80ac512d9436','355034ecc93065d6c2f4d1104fc8d978c7fc33f62445ad5a1cd13d529df22ce0',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
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
INSERT INTO "binding" VALUES(1,1,13,0,4,NULL,NULL,'69e91902-ad4b-4190-885d-22ef42aa897c','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',12);
INSERT INTO "binding" VALUES(1,1,24,0,6,NULL,NULL,'caf48dad-b85b-4261-952a-e099fd37b750','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',23);
INSERT INTO "binding" VALUES(1,1,26,0,6,NULL,NULL,'c963a99d-7b65-449d-9d16-320d4ba1d655','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',25);
INSERT INTO "binding" VALUES(1,1,30,0,5,NULL,NULL,'6f88ffbf-e7e4-48e5-ae3d-bfc1f6276e72','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',29);
INSERT INTO "binding" VALUES(1,1,32,0,6,NULL,NULL,'0d525393-0f82-491c-b6c2-cc49b23bea97','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',31);
INSERT INTO "binding" VALUES(1,20,24,0,7,NULL,NULL,'6cdba210-122a-4399-8c49-2cc20bca2954','2026-11-29T03:54:36.681000Z','2026-11-29T03:54:36.681000Z',40);
INSERT INTO "binding" VALUES(1,20,26,0,18,NULL,'2099-01-01T00:00:00.000000Z','9a50428e-7aec-48e0-83a1-7e2cdcb52c7e','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',34);
INSERT INTO "binding" VALUES(1,20,28,0,7,NULL,NULL,'0ebe0f75-437a-4c80-9622-82068ecfb3f2','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',36);
INSERT INTO "binding" VALUES(1,20,32,0,8,NULL,NULL,'b4093900-4e65-4188-b6d1-6cb6d32c020a','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',35);
INSERT INTO "binding" VALUES(1,22,3,0,7,NULL,NULL,'8e814f14-d60e-4280-a020-f2ae61729ff6','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',38);
INSERT INTO "binding" VALUES(1,22,24,0,16,NULL,NULL,'fd6df012-9ada-4490-8464-ef06248ea97b','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',37);
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
INSERT INTO "role" VALUES(1,4,'82befaa6-95ce-46be-9e28-b321a4cef3c9','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'61f8a62f-2ba4-481f-99f1-30091ad64238','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'0cb8a052-ba6e-4b16-91b0-cecbba7b6c9f','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'3afdc034-5763-454f-8d09-fcb97f988602','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'a171aaff-b891-48f1-b2fa-d9bb659054ec','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'ad75ac01-46e3-4768-9b71-5f14d03ff1b6','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'eb0c4334-33d2-4f9f-a159-e013aeeed13f','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'bb811caa-fba2-4449-b5a7-39685fb8509d','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,16,'a017ee3f-181c-433d-aaf9-7a0f82120597','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',15,'',0,8);
INSERT INTO "role" VALUES(1,18,'2ecc4b84-75de-4ca9-ac22-23bf92839ddf','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',17,'',0,NULL);
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
INSERT INTO "role_permission" VALUES(1,18,'see_flows');
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
INSERT INTO "run" VALUES(1,'679a9f70-cbad-4573-83da-80ac512d9436','2026-11-29T03:54:36.681000Z','355034ecc93065d6c2f4d1104fc8d978c7fc33f62445ad5a1cd13d529df22ce0');
INSERT INTO "run" VALUES(1,'6bc4f699-660b-4666-9ab4-5593cc4baf7e','2026-11-29T03:54:35.050000Z','1846e7544e356aac57b9a930aec202febbee20d8ae156949d02572608b973fb7');
INSERT INTO "run" VALUES(1,'init','2026-11-29T03:54:33.427000Z','');
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
INSERT INTO "service_account" VALUES(1,32,'dbdfa17e-d3bf-4569-9a2d-7f646023b4e9','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:36.681000Z',39,'329c963f-147d-410c-9a40-861c52190b06','Builds and ships.');
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
INSERT INTO "team" VALUES(1,28,'e739a9dd-078c-4d02-834c-7b0a84e04595','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',27,'','');
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
INSERT INTO "team_member" VALUES(1,28,24,'21029485-7fb9-4b8b-a0f6-fe8fbe00c796',NULL,NULL,'2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z');
INSERT INTO "team_member" VALUES(1,28,26,'ba9ecfe0-d278-4312-ad9b-50ee5a91da1e',NULL,NULL,'2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z');
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
INSERT INTO "user" VALUES(1,13,'511d1b54-afa0-452f-b183-85e57d239d2c','2026-11-29T03:54:33.427000Z','2026-11-29T03:54:33.427000Z',12,'ae8137b2-97cd-452c-8058-8603098d8169','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,24,'8a803de1-bc1e-4423-82f4-e4b17a3bfb0b','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',23,'2be667a8-3f27-4cc5-988b-a1c3675b6a83','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,26,'11c21c6e-7930-4cc3-9077-61acdbf52c4e','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',25,'d0fb1783-51d3-468f-b8c8-94f74a73456f','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,30,'42480342-9cfa-4066-b02d-adde7d3e2879','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',29,'30fd2616-6b6f-4f91-8300-ba9cb3fecf1c','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,20,'0db6105e-31ee-492b-9018-a1b5d7340ec0','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',19,'Production','',0);
INSERT INTO "workspace" VALUES(1,22,'76c4350c-e3f7-47b1-a106-c9fae41c79a4','2026-11-29T03:54:35.050000Z','2026-11-29T03:54:35.050000Z',21,'test','',0);
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
COMMIT;
