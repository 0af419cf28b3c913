-- A store of schema 0004, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_5oQDSXbNxJoVQVHAAouD4IMwwSSS80Nt60Wr
-- key service-account.ci/key/main pnb_ckSviqGmNvgke1fpTBf7Pv10vqlRcSP3O07M
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
INSERT INTO "account" VALUES(1,'7a8a369f-8042-451e-89bf-6efa9cb76ec9','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',41,'2026-11-29T03:54:56.786000Z');
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
INSERT INTO "alembic_version" VALUES('0004');
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
INSERT INTO "api_key" VALUES(1,14,'init','739cee9baefeb792ef58bb9f1530486d740e15d166aa30b75f26d558ef8e2710',NULL,'0b05c4b9-164e-4c11-8652-79dfa7e8368e','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',15,'pnu_...60Wr');
INSERT INTO "api_key" VALUES(1,33,'main','cb1931013b8e7de6db15b4291f8cd371ae45973f45e2bdfef6cacda731ca8795','2099-01-01T00:00:00.000000Z','7581cb31-46ff-49f1-a255-5194cc798500','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',34,'pnb_...O07M');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','f3f70261372d52170583dc3d759156159ca97d9af3a14bd004d93682fae04ced','2026-11-29T03:54:56.788000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'f3f70261372d52170583dc3d759156159ca97d9af3a14bd004d93682fae04ced','06a8c4ddc6b061cac78747ee38914d04c3350f019c3cee9360f342b9440f0805','2026-11-29T03:54:56.788000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'06a8c4ddc6b061cac78747ee38914d04c3350f019c3cee9360f342b9440f0805','92fab60deaae8acd2b2f7fa807c1f4339535461f9888b107d0d1ddb111864bd2','2026-11-29T03:54:59.120000Z','`role.oncall` created','role.oncall','role',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'92fab60deaae8acd2b2f7fa807c1f4339535461f9888b107d0d1ddb111864bd2','c19c026b537b036879faeea4304e1802d64b7849ffee982825dcfccd0d89a164','2026-11-29T03:54:59.120000Z','`role.reader` created','role.reader','role',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'c19c026b537b036879faeea4304e1802d64b7849ffee982825dcfccd0d89a164','92fe85d9f1bc6dbc774e3dc07bf0d529a018a829d822d75b5f3f3e1abcf7bbb6','2026-11-29T03:54:59.120000Z','`workspace.prod` created','workspace.prod','workspace',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'92fe85d9f1bc6dbc774e3dc07bf0d529a018a829d822d75b5f3f3e1abcf7bbb6','6442fb5b3d9eb616dd60f69b3a73767415d9b6d070a03e7cb6a19c090e126974','2026-11-29T03:54:59.120000Z','`workspace.test` created','workspace.test','workspace',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'6442fb5b3d9eb616dd60f69b3a73767415d9b6d070a03e7cb6a19c090e126974','2cd0ddb12c9ac1e8771026cb1e256324af3c86fd4159155bde94ea4fef179b28','2026-11-29T03:54:59.120000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'2cd0ddb12c9ac1e8771026cb1e256324af3c86fd4159155bde94ea4fef179b28','023f75b7c4063ee7fb20c77dff57e0d4fa8ea04c8887547850fa3fef046e8808','2026-11-29T03:54:59.120000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,9,'023f75b7c4063ee7fb20c77dff57e0d4fa8ea04c8887547850fa3fef046e8808','ec0a5aaaeea203e41e1d09751e23cfe136f335a47484ac58dbc5462540b5d0b6','2026-11-29T03:54:59.120000Z','`team.data` created','team.data','team',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,10,'ec0a5aaaeea203e41e1d09751e23cfe136f335a47484ac58dbc5462540b5d0b6','9963ab12d09428e28902d1b4b306efce3a0c7d5679bc9d98008c913ea68d187e','2026-11-29T03:54:59.120000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}]}','olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'9963ab12d09428e28902d1b4b306efce3a0c7d5679bc9d98008c913ea68d187e','2b3139ea2916985fc5e35d42a6abc50b5304cb29d7255dd0ca78292fada520e8','2026-11-29T03:54:59.120000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'2b3139ea2916985fc5e35d42a6abc50b5304cb29d7255dd0ca78292fada520e8','629140e6be7eac48e31231264014c733849e27133fff59a4abc369ee95c8ab44','2026-11-29T03:54:59.120000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'629140e6be7eac48e31231264014c733849e27133fff59a4abc369ee95c8ab44','83f8b2e69d0a6cd541b6e030cd852307b416f26c5ccb23730d4d5fda41c69e53','2026-11-29T03:54:59.120000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'83f8b2e69d0a6cd541b6e030cd852307b416f26c5ccb23730d4d5fda41c69e53','705264985b723dc636a1bf09d6fd35689d77c482a28d11215858f0b24f656ab4','2026-11-29T03:54:59.120000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'705264985b723dc636a1bf09d6fd35689d77c482a28d11215858f0b24f656ab4','d9b242afbde3df965ba2c4bf60db944495763b3b6e855dab656015eebad5044a','2026-11-29T03:54:59.120000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'d9b242afbde3df965ba2c4bf60db944495763b3b6e855dab656015eebad5044a','c65d006dd6496c3c8153cdbbb4cb7d527a7f83706e34a28ba19399e04881480a','2026-11-29T03:54:59.120000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,17,'c65d006dd6496c3c8153cdbbb4cb7d527a7f83706e34a28ba19399e04881480a','599b00ae7dfe54742756966500c152ee4a44edea29fb816a03b2dc852bd07645','2026-11-29T03:54:59.120000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'599b00ae7dfe54742756966500c152ee4a44edea29fb816a03b2dc852bd07645','2b1d6cf15cb59accbf83d8f01637055a92f54e206b96aa7574b9ef5f832477d6','2026-11-29T03:55:01.479000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','f86dbd4c-6a8d-4c87-8da8-3b1ff4b7413d','3ff529e1c99facf19d5a76c47645e39994e215978527f8f4dff3f1e9b4173aa2','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,19,'2b1d6cf15cb59accbf83d8f01637055a92f54e206b96aa7574b9ef5f832477d6','d40518beba53941fc0b91f054dea2b256c4d98d00dae703ae8b79d6ef527a436','2026-11-29T03:55:01.479000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','f86dbd4c-6a8d-4c87-8da8-3b1ff4b7413d','3ff529e1c99facf19d5a76c47645e39994e215978527f8f4dff3f1e9b4173aa2',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'6ea4ce1b-1a9e-4c72-88d1-de561453d6c5','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'5d074a01-bbb6-41ce-84e0-b2516acdf567','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,27,0,6,NULL,NULL,'df2f8766-1f1a-4d4b-a344-28a70d2fca73','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',26,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'6c38856b-eba3-42ee-b8fc-717685e15d1d','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'9b15b5a9-baa4-4202-b542-f418efb4c890','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'9bd20fcd-7384-4aff-aa3d-d8f8718518de','2026-11-29T03:55:01.479000Z','2026-11-29T03:55:01.479000Z',41,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,19,NULL,'2099-01-01T00:00:00.000000Z','b4968d6a-9bf0-4d67-b5d0-ef200341ffb2','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,8,NULL,NULL,'6967e9be-5c6d-49d2-b03f-cba1afa92c17','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',37,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'cb34a855-bdfe-4fd1-8030-8ddf06d5dee5','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',36,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'ab7cfd60-9108-4fa3-9698-41f8af678338','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',39,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'ce434d49-8d03-4e25-a1bd-1bfa8efd8020','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',38,NULL);
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
INSERT INTO "document" VALUES(1,'0a90c562-8be6-4913-8cef-12db8351fa26','key',14,'0b05c4b9-164e-4c11-8652-79dfa7e8368e','{"default":null,"everywhere":true,"maker":null}','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z');
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
INSERT INTO "role" VALUES(1,4,'4dfa8ae5-8c41-48bd-8136-7cfea16bce43','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'b47bf198-97e3-4e6f-a27f-b17151164622','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'80bee150-63f8-47dc-88b4-14b692898025','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'7f4df1c9-dea8-48c3-8d0a-c8ea65c580ca','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'3e64c638-8729-4780-b3fe-8fe4ed557183','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'cd11694e-651a-41ae-9b11-166ac18971d2','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'4fcacd62-2eef-4b90-8143-cfa97c2f5a98','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'253ef2dd-682a-402b-81bd-25de09a4abe7','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'1c4797c7-a485-45be-9699-f2239a3df2b1','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'a2dcc33c-0fd5-4f70-a1c4-564c562deff3','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'c24a1cd6-1450-44b6-84c2-4496260e9988','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'c83adf7d-a77b-4c2b-a3b4-afa918a7d2a3','2026-11-29T03:54:59.120000Z','b5b4badda2dcb2ce2966a5ba9244091838377e58a70e7324ee151f251bec5b2c');
INSERT INTO "run" VALUES(1,'f86dbd4c-6a8d-4c87-8da8-3b1ff4b7413d','2026-11-29T03:55:01.479000Z','3ff529e1c99facf19d5a76c47645e39994e215978527f8f4dff3f1e9b4173aa2');
INSERT INTO "run" VALUES(1,'init','2026-11-29T03:54:56.788000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'2f627c64-dcae-4ca4-90c6-bd0c97aa7cf1','2026-11-29T03:54:59.120000Z','2026-11-29T03:55:01.479000Z',40,'7e458408-d73a-436c-a521-f546fb3fc516','Builds and ships.');
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
INSERT INTO "team" VALUES(1,29,'b2df03d3-3ca9-4e82-b82a-e2bac2cb7071','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',28,'','');
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
INSERT INTO "team_member" VALUES(1,29,25,'585ac37a-c227-4197-aefb-18478954a036',NULL,NULL,'2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',NULL);
INSERT INTO "team_member" VALUES(1,29,27,'6d214b34-f414-449f-954b-a8b373f73f55',NULL,NULL,'2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',NULL);
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
INSERT INTO "user" VALUES(1,14,'cf5d507b-9348-4546-8fae-e9e4ed0ef585','2026-11-29T03:54:56.788000Z','2026-11-29T03:54:56.788000Z',13,'f02cb26f-a272-42bf-b61b-223ed112401c','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'a16267a7-ed82-4b7b-b3c4-3874e0f33e2b','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',24,'b210b8a7-b41e-4a47-b144-430ae7836955','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,27,'f900ab80-5ba5-4d8f-8193-816811db9ee8','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',26,'e702103d-a1fa-40fb-be09-2e6f16717a16','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'b6afae65-8b4c-4118-afb2-1c847485f152','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',30,'f82ddbf3-ba79-470b-b718-e480d2913766','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'87a1dbab-867b-44fa-96b8-1772e4dc9fc9','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'64491dca-6677-49d8-8c2c-1c2f87864d89','2026-11-29T03:54:59.120000Z','2026-11-29T03:54:59.120000Z',22,'test','',0);
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
