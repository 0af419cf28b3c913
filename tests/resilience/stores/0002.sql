-- A store of schema 0002, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_g54DwVd0MH7KTN9eNYKphDZgFGENm2AFTq2d
-- key service-account.ci/key/main pnb_LEJk5dQcfVAlSbmAb4BOhBM0K5LPMrnKxz8U
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
INSERT INTO "account" VALUES(1,'59a43cdd-51bc-4cba-a3cc-b667322f58cc','acme','prefect-cloud','["audit-trail","custom-roles","teams"]','{}',41,'2026-11-29T03:54:40.053000Z');
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
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "api_key" VALUES(1,14,'init','5b4ee519e65952c5dc2e8afe40a2a9fdd667295b62c907f12ce3e4643b36e01b',NULL,'bb3401b5-b5cb-4640-a836-95ac4f7f0dc1','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',15,'pnu_...Tq2d');
INSERT INTO "api_key" VALUES(1,33,'main','ad28e8fceb34ef60d16be48eb612c52afef0f0c2d0c2e281ae23ee6912456c3a','2099-01-01T00:00:00.000000Z','1f6d6b3e-9442-423e-833e-b1922e4a60d2','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',34,'pnb_...xz8U');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','90ac186baeaeeecf563e3c5ea6fd542098f88e9f3e33cd287b4727e58587a04d','2026-11-29T03:54:40.062000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'90ac186baeaeeecf563e3c5ea6fd542098f88e9f3e33cd287b4727e58587a04d','78490ec88e019839432ea06c50314c9d99a567e9917deb1ae331d4385ab681c4','2026-11-29T03:54:40.062000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'78490ec88e019839432ea06c50314c9d99a567e9917deb1ae331d4385ab681c4','19017a06c0a6e07ac08afd836fc4e850cc4788c855ed7646e7ca3082e89fc533','2026-11-29T03:54:42.017000Z','`role.oncall` created','role.oncall','role',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'19017a06c0a6e07ac08afd836fc4e850cc4788c855ed7646e7ca3082e89fc533','83edea0323a9eb72347e9ccd9f63148b5777c8d2f310b22c273ec94ab7261bc4','2026-11-29T03:54:42.017000Z','`role.reader` created','role.reader','role',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'83edea0323a9eb72347e9ccd9f63148b5777c8d2f310b22c273ec94ab7261bc4','96911da3e8ee0bc13af1e8b329072fd61cf1b348edff0567fbe6ac0a4574aacb','2026-11-29T03:54:42.017000Z','`workspace.prod` created','workspace.prod','workspace',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'96911da3e8ee0bc13af1e8b329072fd61cf1b348edff0567fbe6ac0a4574aacb','340d8deedce5c56d4bda0f7de539b7ec4a6205e40d2fbf1d7c2fb9a4819849a2','2026-11-29T03:54:42.017000Z','`workspace.test` created','workspace.test','workspace',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'340d8deedce5c56d4bda0f7de539b7ec4a6205e40d2fbf1d7c2fb9a4819849a2','b29f844ce28a06cdfba75bec276adcffa9d832fdcfe02c2ee07d5f9c94f62f3a','2026-11-29T03:54:42.017000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'b29f844ce28a06cdfba75bec276adcffa9d832fdcfe02c2ee07d5f9c94f62f3a','75208df933ae323c47b7dbcd7849a2b973ffc96b3b0def6dabd0d2fff245e40b','2026-11-29T03:54:42.017000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,9,'75208df933ae323c47b7dbcd7849a2b973ffc96b3b0def6dabd0d2fff245e40b','02ddf6cb7bd380e36941a95ca64a68e4c72d34e65292d82029dd3cae9a47edd5','2026-11-29T03:54:42.017000Z','`team.data` created','team.data','team',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,10,'02ddf6cb7bd380e36941a95ca64a68e4c72d34e65292d82029dd3cae9a47edd5','d12ee79cc191cafc01b328b9e9cf4a7d9372031a444feea5d75e4b340ddef7ab','2026-11-29T03:54:42.017000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}]}','olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'d12ee79cc191cafc01b328b9e9cf4a7d9372031a444feea5d75e4b340ddef7ab','45e4d2b5a203a7346937aba59cc4c9e0cd7eaba027e4903a8472efb938b5982f','2026-11-29T03:54:42.017000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}]}','olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'45e4d2b5a203a7346937aba59cc4c9e0cd7eaba027e4903a8472efb938b5982f','8eced91919a1a52ba91bc75a2c46e00d97e187ea821c80c19ee498a334184cac','2026-11-29T03:54:42.017000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'8eced91919a1a52ba91bc75a2c46e00d97e187ea821c80c19ee498a334184cac','f8a74afcb1d21e015e9cab2646b150b8fc329813ed69a3885fdfea2d903110d4','2026-11-29T03:54:42.017000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'f8a74afcb1d21e015e9cab2646b150b8fc329813ed69a3885fdfea2d903110d4','3eed30793e0dcc9c27ed28b30ec0a44f25b6dc4dc541bea69acfc944d1699247','2026-11-29T03:54:42.017000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'3eed30793e0dcc9c27ed28b30ec0a44f25b6dc4dc541bea69acfc944d1699247','5dffb06dab2627a4232370ea67134e9e5516bb25d369445c15f9e602ffb26693','2026-11-29T03:54:42.017000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'5dffb06dab2627a4232370ea67134e9e5516bb25d369445c15f9e602ffb26693','d6d5af2f7625b92cf32573b732a1cc6192e10b7c0a72a56ab9e18206a8792d15','2026-11-29T03:54:42.017000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,17,'d6d5af2f7625b92cf32573b732a1cc6192e10b7c0a72a56ab9e18206a8792d15','3464bce48a59a71b3656732146eaeb80d10985f679cd0d32f70026c592b48744','2026-11-29T03:54:42.017000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','3793de4a-3442-4ee3-ab1d-b49253e30206','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'3464bce48a59a71b3656732146eaeb80d10985f679cd0d32f70026c592b48744','58d84b95c7fe407b5299a0bbbb4cd82cd8670ad0417af754bb7345485966f344','2026-11-29T03:54:43.632000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','2cf9c106-7b9c-4583-90d8-2f4ac150cab3','fdd4bdf16f809a8204e33b47bd9e83ddeef3f06ace58e62ee39772dd60d3bd3f','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,19,'58d84b95c7fe407b5299a0bbbb4cd82cd8670ad0417af754bb7345485966f344','331dfb4c7049e1b2bc67a79da0c9089731c2a4690c5adc6e5fdabbd2853d0668','2026-11-29T03:54:43.632000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','2cf9c106-7b9c-4583-90d8-2f4ac150cab3','fdd4bdf16f809a8204e33b47bd9e83ddeef3f06ace58e62ee39772dd60d3bd3f',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'e6dd4702-0d62-4a2d-9055-e92b4e9964a5','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',13);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'d0fad850-7a7b-4bfa-9293-1c2907369352','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',24);
INSERT INTO "binding" VALUES(1,1,27,0,6,NULL,NULL,'5d94ff9b-7d45-4039-8075-dedf0a369963','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',26);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'5f9c87c3-e2b5-4817-87f5-25f88b53dc94','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',30);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'e4525114-0576-4355-b6fa-780c38546fc7','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',32);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'3f0a537b-bed2-4b74-ad7d-8be191cc19e0','2026-11-29T03:54:43.632000Z','2026-11-29T03:54:43.632000Z',41);
INSERT INTO "binding" VALUES(1,21,27,0,19,NULL,'2099-01-01T00:00:00.000000Z','0fad9d10-ee43-428d-932b-dd99ce174061','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',35);
INSERT INTO "binding" VALUES(1,21,29,0,8,NULL,NULL,'c341ebce-8442-4518-bcc7-d8067c579bf2','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',37);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'4da04a07-3a85-4009-8697-0a1c4515ac91','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',36);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'5146ccad-ea7e-47ce-af96-6e5cf952b349','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',39);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'331da804-e1d1-4af8-b165-99f92776e1bf','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',38);
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
INSERT INTO "document" VALUES(1,'e3c570a3-5fb3-4c64-bdf1-92610521f907','key',14,'bb3401b5-b5cb-4640-a836-95ac4f7f0dc1','{"default":null,"everywhere":true,"maker":null}','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z');
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
INSERT INTO "role" VALUES(1,4,'ac26eb1f-0dda-49ef-8670-33e95d0c204e','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'f608786b-be3b-426e-a238-8124cdf4fc6d','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'b518c862-3b34-43af-8177-f2b6ce608e84','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'874cd484-caf8-4c4b-8226-84cf2613064e','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'ad062670-4d52-4b78-8fef-0b2abd2b2f7a','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'5099668c-9568-42ef-a3e4-7191ad571514','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'522f83da-5451-4fa9-98a5-1c5a43f8c0c3','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'ab2f900d-4163-4924-9aad-24ed4144b3fb','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'3926153b-0bd5-49f8-a0a8-33e159dae4b5','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'539fa7c0-c529-493c-8b3b-1735b650279a','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'4264e1b0-3a23-401f-9d5f-f238759e1c9d','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'2cf9c106-7b9c-4583-90d8-2f4ac150cab3','2026-11-29T03:54:43.632000Z','fdd4bdf16f809a8204e33b47bd9e83ddeef3f06ace58e62ee39772dd60d3bd3f');
INSERT INTO "run" VALUES(1,'3793de4a-3442-4ee3-ab1d-b49253e30206','2026-11-29T03:54:42.017000Z','ca4996ec5786873ea5b03746b76684d277d653714d3d0e28792f010caeb7c6e9');
INSERT INTO "run" VALUES(1,'init','2026-11-29T03:54:40.062000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'1542c0e9-993b-42b8-b6fe-29f0665af2d5','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:43.632000Z',40,'b9a24cee-9668-487c-b3d4-76aa96e6921c','Builds and ships.');
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
INSERT INTO "team" VALUES(1,29,'cf45f3f7-42d6-4342-927d-ecea9dbed4e9','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',28,'','');
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
INSERT INTO "team_member" VALUES(1,29,25,'0e5812e5-9797-47d7-b735-290190e34281',NULL,NULL,'2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z');
INSERT INTO "team_member" VALUES(1,29,27,'7680f9a9-d8bc-40bc-8ba1-cb8936bb66e1',NULL,NULL,'2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z');
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
INSERT INTO "user" VALUES(1,14,'ec486e68-fb0c-4040-922b-05e2686cad54','2026-11-29T03:54:40.062000Z','2026-11-29T03:54:40.062000Z',13,'148a1bbc-6c2a-46fe-8461-1106d88ffde6','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'56508bcc-ad74-4fbd-996a-573087c8f522','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',24,'e134546a-290e-4f30-b007-a3fb98b5baf3','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,27,'8b61dfa6-8daf-4905-b1cb-c900a9986c83','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',26,'96c13cf6-632c-44dc-a00a-b8aa4d072f24','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'14cc8172-0541-4193-8208-025ada628083','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',30,'8f3f0f1f-d26d-4da8-85eb-9335e239f524','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'ecf07297-b31f-4d20-9329-7230c8cb8d53','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'4e227d79-410f-4970-a559-c79f723e35d6','2026-11-29T03:54:42.017000Z','2026-11-29T03:54:42.017000Z',22,'test','',0);
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
