-- A store of schema 0005, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_QLHO8HAAZYlZS3XrLcHDGkTEGsmRSLGC99vQ
-- key service-account.ci/key/main pnb_qlm38x1JHWaoxtwT7uj5oSgPr5gta4pYSRde
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
INSERT INTO "account" VALUES(1,'857720f6-96c1-49dc-837e-7f236169b602','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',41,'2026-11-29T12:17:30.804000Z');
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
INSERT INTO "alembic_version" VALUES('0005');
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
INSERT INTO "api_key" VALUES(1,14,'init','808e38ce05f3553eb5a5ba4e6fe031a93b397a69c2e6c4690422daeff4dccb21',NULL,'0116e14b-50e5-4c01-a2c9-2d32ce40c93f','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',15,'pnu_...99vQ');
INSERT INTO "api_key" VALUES(1,33,'main','7d188e7f14c4c1b4e323572aac95f497584a7823b7262a769180d46f7df30ab0','2099-01-01T00:00:00.000000Z','a47f15ec-f60c-44ac-84ce-51eae47376d1','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',34,'pnb_...SRde');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','367439ae921a9172413ebc8c1789b88109b2dc8ae9f0dd2b4a8b4819b5399b55','2026-11-29T12:17:30.834000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"kept":{"account":{"created":"2026-11-29T12:17:30.804000Z","features":["audit-trail","basic-rbac","custom-roles","teams"],"id":"857720f6-96c1-49dc-837e-7f236169b602","settings":{},"world":"prefect-cloud"},"role/10":{"created":"2026-11-29T12:17:30.834000Z","id":"8e478e96-ab4e-4b0a-a2ab-155da91ce0a8"},"role/11":{"created":"2026-11-29T12:17:30.834000Z","id":"150786bd-5bf1-4226-8721-70234bb05c90"},"role/12":{"created":"2026-11-29T12:17:30.834000Z","id":"01128892-a150-4df8-ac67-03655b3f504b"},"role/4":{"created":"2026-11-29T12:17:30.834000Z","id":"3bf933ef-aeaf-478e-93b0-14b7534ac780"},"role/5":{"created":"2026-11-29T12:17:30.834000Z","id":"41af5da5-3bf6-4d6d-9bde-17a5e288ba71"},"role/6":{"created":"2026-11-29T12:17:30.834000Z","id":"f93c55c8-aeb9-4816-827f-3a525ef2e5d5"},"role/7":{"created":"2026-11-29T12:17:30.834000Z","id":"2d297e8c-474a-4fbc-a0b7-3156371e6e8a"},"role/8":{"created":"2026-11-29T12:17:30.834000Z","id":"23f19d97-c89b-495a-9593-488740f87ef8"},"role/9":{"created":"2026-11-29T12:17:30.834000Z","id":"1080bed0-59f9-4a62-a842-7fa9a48f4a58"},"user/14":{"actor_id":"4c085ff6-e285-4ae6-9852-048633a7c54d","created":"2026-11-29T12:17:30.834000Z","id":"83ef3e23-6984-43e3-bd60-948a26a2fb0b"}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'367439ae921a9172413ebc8c1789b88109b2dc8ae9f0dd2b4a8b4819b5399b55','137c92a690f54f257cbccfc388b628aa76c5b8d9e12179d888b7c7ca735fb711','2026-11-29T12:17:30.834000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"kept":{"api_key/14/init":{"created":"2026-11-29T12:17:30.834000Z","hash":"1ae35452aef0540f80279657c26d00f66bfa8ca2def913d81b6a6c9d869d81c6","id":"0116e14b-50e5-4c01-a2c9-2d32ce40c93f","shown":"pnu_...99vQ"},"document/1056554c-b87e-4814-a3f4-d71f66d04b49":{"content":{"default":null,"everywhere":true,"maker":null},"kind":"key","name":"0116e14b-50e5-4c01-a2c9-2d32ce40c93f","owner":14}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'137c92a690f54f257cbccfc388b628aa76c5b8d9e12179d888b7c7ca735fb711','38c25a97d0186c561d90a8fa4ed27452cda479f0707e797c98c48d106c0ccd70','2026-11-29T12:17:35.216000Z','`role.oncall` created','role.oncall','role','{"kept":{"role/17":{"created":"2026-11-29T12:17:35.216000Z","id":"967bf478-65ea-40fa-a915-1a7599088a8a"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'38c25a97d0186c561d90a8fa4ed27452cda479f0707e797c98c48d106c0ccd70','29e4e40881460f8febe38a6ce55b5219dcd40b51b1e1bb5d47672a99f0a12d04','2026-11-29T12:17:35.216000Z','`role.reader` created','role.reader','role','{"kept":{"role/19":{"created":"2026-11-29T12:17:35.216000Z","id":"d9609e2d-df79-47ea-8c3a-4e2418c1e460"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'29e4e40881460f8febe38a6ce55b5219dcd40b51b1e1bb5d47672a99f0a12d04','8d85a950f01f91564e053f42d0846a88295a3d97f556ee6ae46394bb97456d70','2026-11-29T12:17:35.216000Z','`workspace.prod` created','workspace.prod','workspace','{"kept":{"workspace/21":{"created":"2026-11-29T12:17:35.216000Z","id":"4797296a-263c-41bf-a37b-5681fca8e088"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'8d85a950f01f91564e053f42d0846a88295a3d97f556ee6ae46394bb97456d70','3a1d3c46bb6327c4b090e9a3e21b5a6d6db530a202cb00bb7a4a539f802c64e2','2026-11-29T12:17:35.216000Z','`workspace.test` created','workspace.test','workspace','{"kept":{"workspace/23":{"created":"2026-11-29T12:17:35.216000Z","id":"97023a28-9163-4920-9884-a96c4cecf8e3"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'3a1d3c46bb6327c4b090e9a3e21b5a6d6db530a202cb00bb7a4a539f802c64e2','7883a25e18fcc3af780755524af45280f1f05751c16fc94720f2d0396e0b4d5f','2026-11-29T12:17:35.216000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/25":{"actor_id":"2cad241b-253d-4629-9592-21751c0707d1","created":"2026-11-29T12:17:35.216000Z","id":"d239acc3-a3f6-4ebf-9759-b104e19b2868"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'7883a25e18fcc3af780755524af45280f1f05751c16fc94720f2d0396e0b4d5f','480cd74838433baeec9727ac84ed98c53e5679ae52c75bde56b446b39fd40595','2026-11-29T12:17:35.216000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/27":{"actor_id":"719c3d95-da2e-49cf-8a97-3a6bee99ab27","created":"2026-11-29T12:17:35.216000Z","id":"5c49e704-e6f1-42ae-bcba-83a77ab07b63"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,9,'480cd74838433baeec9727ac84ed98c53e5679ae52c75bde56b446b39fd40595','0ba6892ba5bf0b5ba69a4fef33f6a342897c259d243449a5abb52f0e13af2834','2026-11-29T12:17:35.216000Z','`team.data` created','team.data','team','{"kept":{"team/29":{"created":"2026-11-29T12:17:35.216000Z","id":"27f8b681-691d-456b-b4b3-2fe6da333637"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,10,'0ba6892ba5bf0b5ba69a4fef33f6a342897c259d243449a5abb52f0e13af2834','5c024291d4a907ac6a186a4747500572cd2a90fdd379d7259bb7933252f8925f','2026-11-29T12:17:35.216000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}],"kept":{"user/31":{"actor_id":"a25107b8-e621-4f06-8924-1619f90e5bba","created":"2026-11-29T12:17:35.216000Z","id":"b53e277c-d417-47eb-99aa-5e1a2084a7f2"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'5c024291d4a907ac6a186a4747500572cd2a90fdd379d7259bb7933252f8925f','af65cd0da384583afa42e60c810097fc926f34e90a3edd079f4d8c22cdb96160','2026-11-29T12:17:35.216000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"service_account/33":{"actor_id":"5b99c891-df75-4484-9d3c-fbac8c50cbff","created":"2026-11-29T12:17:35.216000Z","id":"ac2a3d51-95bb-4345-aab6-daf28f5878c5"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'af65cd0da384583afa42e60c810097fc926f34e90a3edd079f4d8c22cdb96160','964fe4f06b85695e8a9a6d1df953cf75f0435010ff15b3571daceb5001545e7a','2026-11-29T12:17:35.216000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key','{"kept":{"api_key/33/main":{"created":"2026-11-29T12:17:35.216000Z","hash":"5a56347d21a24823da25aa61ee88d5b8b22b7760b59a734346bd2f0084c1e494","id":"a47f15ec-f60c-44ac-84ce-51eae47376d1","shown":"pnb_...SRde"}}}','olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'964fe4f06b85695e8a9a6d1df953cf75f0435010ff15b3571daceb5001545e7a','55443bafed02f2e541055ecc6fde66b6714ceaf21f35dd897f3e12838f4a9a3d','2026-11-29T12:17:35.216000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'55443bafed02f2e541055ecc6fde66b6714ceaf21f35dd897f3e12838f4a9a3d','276d914f1283880610853124291da2c16f6e523fe4fdbc816d3a1f36d89dd387','2026-11-29T12:17:35.216000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'276d914f1283880610853124291da2c16f6e523fe4fdbc816d3a1f36d89dd387','3a9d8223661bbca965b18f6091f795e768835134aff85ca80656164af5b7a912','2026-11-29T12:17:35.216000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'3a9d8223661bbca965b18f6091f795e768835134aff85ca80656164af5b7a912','865e23c385ba40421f30cfd0482ed97ad7089ee8ee908cc0d0072b10d7257cf2','2026-11-29T12:17:35.216000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,17,'865e23c385ba40421f30cfd0482ed97ad7089ee8ee908cc0d0072b10d7257cf2','d8f1e6ebb8dc5c90ef7ef382472c3dd839be380372bef6b3eae55a667c022d1f','2026-11-29T12:17:35.216000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','12c1a764-2bb4-4c8a-b489-e71f7e8769b1','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'d8f1e6ebb8dc5c90ef7ef382472c3dd839be380372bef6b3eae55a667c022d1f','98a5539fe160a9c65603d14548aceab7a27deeb6f64f2299c915ff3e2a416911','2026-11-29T12:17:40.303000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','16e2afb7-fdb7-4636-9a14-db0c5901dd1b','0c96466d267dfeeaae8abf7c23f173922eaec4668d03b420211e98d0a1848723','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,19,'98a5539fe160a9c65603d14548aceab7a27deeb6f64f2299c915ff3e2a416911','2912e732b08e5d3e7e6b176c892a454f91d6f4e0cce79a5cf3a929a44ac7e14e','2026-11-29T12:17:40.303000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','16e2afb7-fdb7-4636-9a14-db0c5901dd1b','0c96466d267dfeeaae8abf7c23f173922eaec4668d03b420211e98d0a1848723',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'b9654729-f9ba-4c0e-8a90-53aeace456f0','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'f053396e-0c1a-4e5b-b37f-3467a8fcafa0','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,27,0,6,NULL,NULL,'d7cd3a5d-b675-4c4b-9d0b-596ea94619c7','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',26,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'08d8e230-392e-4aa1-b11b-a639a0168e30','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'649d4a48-4d54-4332-903a-345ddb0341a4','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'09b563ab-fad0-41d1-a84b-45a1951b50b7','2026-11-29T12:17:40.303000Z','2026-11-29T12:17:40.303000Z',41,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,19,NULL,'2099-01-01T00:00:00.000000Z','a2fbfd02-182c-4c1a-bdc0-1be4392cbdd0','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,8,NULL,NULL,'d829d4e9-6eb5-49dd-989a-6e2615e944d6','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',37,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'98d45269-22a7-41a9-a13c-3c5078fd364e','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',36,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'76a6f0fb-8f8b-4a9b-ad54-058577e3cbbe','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',39,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'7c0450e1-6274-4de1-b49e-7fa6aa74b411','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',38,NULL);
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
INSERT INTO "document" VALUES(1,'1056554c-b87e-4814-a3f4-d71f66d04b49','key',14,'0116e14b-50e5-4c01-a2c9-2d32ce40c93f','{"default":null,"everywhere":true,"maker":null}','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z');
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
INSERT INTO "role" VALUES(1,4,'3bf933ef-aeaf-478e-93b0-14b7534ac780','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'41af5da5-3bf6-4d6d-9bde-17a5e288ba71','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'f93c55c8-aeb9-4816-827f-3a525ef2e5d5','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'2d297e8c-474a-4fbc-a0b7-3156371e6e8a','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'23f19d97-c89b-495a-9593-488740f87ef8','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'1080bed0-59f9-4a62-a842-7fa9a48f4a58','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'8e478e96-ab4e-4b0a-a2ab-155da91ce0a8','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'150786bd-5bf1-4226-8721-70234bb05c90','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'01128892-a150-4df8-ac67-03655b3f504b','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'967bf478-65ea-40fa-a915-1a7599088a8a','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'d9609e2d-df79-47ea-8c3a-4e2418c1e460','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'12c1a764-2bb4-4c8a-b489-e71f7e8769b1','2026-11-29T12:17:35.216000Z','0471e88abab2e4aea7d8c0b38467bef8266cf3ca35c5a48892634e0b2ac60eea');
INSERT INTO "run" VALUES(1,'16e2afb7-fdb7-4636-9a14-db0c5901dd1b','2026-11-29T12:17:40.303000Z','0c96466d267dfeeaae8abf7c23f173922eaec4668d03b420211e98d0a1848723');
INSERT INTO "run" VALUES(1,'init','2026-11-29T12:17:30.834000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'ac2a3d51-95bb-4345-aab6-daf28f5878c5','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:40.303000Z',40,'5b99c891-df75-4484-9d3c-fbac8c50cbff','Builds and ships.');
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
INSERT INTO "team" VALUES(1,29,'27f8b681-691d-456b-b4b3-2fe6da333637','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',28,'','');
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
INSERT INTO "team_member" VALUES(1,29,25,'b2bc1289-fcc0-46b3-a31f-2dff5a75bea9',NULL,NULL,'2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',NULL);
INSERT INTO "team_member" VALUES(1,29,27,'6d291354-a5ef-4dd9-9f3f-17946fabf7de',NULL,NULL,'2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',NULL);
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
INSERT INTO "user" VALUES(1,14,'83ef3e23-6984-43e3-bd60-948a26a2fb0b','2026-11-29T12:17:30.834000Z','2026-11-29T12:17:30.834000Z',13,'4c085ff6-e285-4ae6-9852-048633a7c54d','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'d239acc3-a3f6-4ebf-9759-b104e19b2868','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',24,'2cad241b-253d-4629-9592-21751c0707d1','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,27,'5c49e704-e6f1-42ae-bcba-83a77ab07b63','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',26,'719c3d95-da2e-49cf-8a97-3a6bee99ab27','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'b53e277c-d417-47eb-99aa-5e1a2084a7f2','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',30,'a25107b8-e621-4f06-8924-1619f90e5bba','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'4797296a-263c-41bf-a37b-5681fca8e088','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'97023a28-9163-4920-9884-a96c4cecf8e3','2026-11-29T12:17:35.216000Z','2026-11-29T12:17:35.216000Z',22,'test','',0);
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
