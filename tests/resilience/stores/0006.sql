-- A store of schema 0006, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_rAALyOHTZp8wOrIVAHdXB20ODYwVwnWd7O7N
-- key service-account.ci/key/main pnb_kvTCWHD8zOWf1ST9hpsHr34zbnnYLu37TJm9
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
INSERT INTO "account" VALUES(1,'ac6895e4-5683-42f1-b648-bb9c7d7b8875','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',42,'2026-11-29T20:55:40.182000Z');
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
INSERT INTO "alembic_version" VALUES('0006');
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
INSERT INTO "api_key" VALUES(1,14,'init','d20cd6c56e98921bf9a954f22ccbaea8e50a488f6a1e930b9a89e703604f0506',NULL,'d46d719c-ce16-4d6b-a594-546a47e8b87c','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',15,'pnu_...7O7N');
INSERT INTO "api_key" VALUES(1,33,'main','a71694ba492f51452202388d2ff1a8b5e6371de5cacaeaefbec85d69abe30a77','2099-01-01T00:00:00.000000Z','36ddd087-2bb0-4039-aaa3-125811dc96fe','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',34,'pnb_...TJm9');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','d9209cc06ded988b1daf79a70f0e42c1a0e13dee77af2619efd7bb0177dd7042','2026-11-29T20:55:40.190000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"kept":{"account":{"created":"2026-11-29T20:55:40.182000Z","features":["audit-trail","basic-rbac","custom-roles","teams"],"id":"ac6895e4-5683-42f1-b648-bb9c7d7b8875","settings":{},"world":"prefect-cloud"},"role/10":{"created":"2026-11-29T20:55:40.190000Z","id":"5f0e66cf-49da-4e3d-a942-a42ea0d0effd"},"role/11":{"created":"2026-11-29T20:55:40.190000Z","id":"509313e9-49c6-418c-8eb3-b3c4aa274a8c"},"role/12":{"created":"2026-11-29T20:55:40.190000Z","id":"69ada525-9f7f-4bce-8795-3121288be283"},"role/4":{"created":"2026-11-29T20:55:40.190000Z","id":"09cf8de1-7430-4cde-b062-d257dd7e57af"},"role/5":{"created":"2026-11-29T20:55:40.190000Z","id":"a5489893-c931-41c4-b884-ed8c736c3dc8"},"role/6":{"created":"2026-11-29T20:55:40.190000Z","id":"acc20758-e7be-4542-b551-485565e6499e"},"role/7":{"created":"2026-11-29T20:55:40.190000Z","id":"d31d8533-cda6-4546-acf2-f593ab25c6a7"},"role/8":{"created":"2026-11-29T20:55:40.190000Z","id":"3b14e910-2e10-4c6c-9067-b53da11e85b7"},"role/9":{"created":"2026-11-29T20:55:40.190000Z","id":"2870ec72-20a0-41b6-92de-23e42b53fb76"},"user/14":{"actor_id":"29d9b6c1-abd1-4497-887c-e4fec48ec62f","created":"2026-11-29T20:55:40.190000Z","id":"58b01001-7963-4a8c-b575-fb6783d547a9"}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'d9209cc06ded988b1daf79a70f0e42c1a0e13dee77af2619efd7bb0177dd7042','8d10c3509f1ac71e27be284fe110f71b0e0ca2e47f2a75d7cec5bb8023242de8','2026-11-29T20:55:40.190000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"kept":{"api_key/14/init":{"created":"2026-11-29T20:55:40.190000Z","hash":"c560c5cff26f3d23d0cee7da24831fc9af57aba441eb8a0bedecc371f49b6d80","id":"d46d719c-ce16-4d6b-a594-546a47e8b87c","shown":"pnu_...7O7N"},"document/0d874ec4-d117-47c1-aaf9-b328844ef8ae":{"content":{"default":null,"everywhere":true,"maker":null},"kind":"key","name":"d46d719c-ce16-4d6b-a594-546a47e8b87c","owner":14}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'8d10c3509f1ac71e27be284fe110f71b0e0ca2e47f2a75d7cec5bb8023242de8','550cd54b5eb964d410042d00881b259e0ec87205e8126457c542a7bd3168d18e','2026-11-29T20:57:18.082000Z','`role.oncall` created','role.oncall','role','{"kept":{"role/17":{"created":"2026-11-29T20:57:18.082000Z","id":"6d886943-1ef0-4431-a299-050ceb6867a3"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'550cd54b5eb964d410042d00881b259e0ec87205e8126457c542a7bd3168d18e','0595855f84e639510b0a2889ab335d75dfdffffee5d2e1aae5d800d8ca50d7b9','2026-11-29T20:57:18.082000Z','`role.reader` created','role.reader','role','{"kept":{"role/19":{"created":"2026-11-29T20:57:18.082000Z","id":"a043e7ac-31ee-41e8-8784-b97e55100d69"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'0595855f84e639510b0a2889ab335d75dfdffffee5d2e1aae5d800d8ca50d7b9','2d8479b94cc97844cc19aa6ec53a0da7087f0dc3ad8a5ca325ba2eccd5257176','2026-11-29T20:57:18.082000Z','`workspace.prod` created','workspace.prod','workspace','{"kept":{"workspace/21":{"created":"2026-11-29T20:57:18.082000Z","id":"cb094925-88cb-446d-9998-b5d3a2077669"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'2d8479b94cc97844cc19aa6ec53a0da7087f0dc3ad8a5ca325ba2eccd5257176','94fcb78e9a0abbe4b0364b9a709685e4a7c4819caf5ad7114c51e3af3222e370','2026-11-29T20:57:18.082000Z','`workspace.test` created','workspace.test','workspace','{"kept":{"workspace/23":{"created":"2026-11-29T20:57:18.082000Z","id":"90fef2b9-698d-423b-81a4-d5e8c98483ad"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'94fcb78e9a0abbe4b0364b9a709685e4a7c4819caf5ad7114c51e3af3222e370','aa650e2eeaf41a5656ee6e9952a2e689aacf59eac1363abb719f6e5df5d16733','2026-11-29T20:57:18.082000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/25":{"actor_id":"311ec4c3-1ec6-44fa-a263-674399ada669","created":"2026-11-29T20:57:18.082000Z","id":"edc44328-2785-4a06-971e-5ce6b93a2953"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'aa650e2eeaf41a5656ee6e9952a2e689aacf59eac1363abb719f6e5df5d16733','d1be0466dc7b6ad74df9c57f63240f85eb8c2d6553dfddfa531b6abfba9d256d','2026-11-29T20:57:18.082000Z','`team.data` created','team.data','team','{"kept":{"team/27":{"created":"2026-11-29T20:57:18.082000Z","id":"b9187d2f-9914-449e-b987-359797cf5a39"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,9,'d1be0466dc7b6ad74df9c57f63240f85eb8c2d6553dfddfa531b6abfba9d256d','d320b44273f20ddf25bf694ff4b5da0d8119c420f73ad8d0573525d90260bf2b','2026-11-29T20:57:18.082000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/29":{"actor_id":"e4ee3a3b-5946-451a-bf33-fb91de7d05a8","created":"2026-11-29T20:57:18.082000Z","id":"67dc178a-ba73-4497-94b8-4496b828f38d"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,10,'d320b44273f20ddf25bf694ff4b5da0d8119c420f73ad8d0573525d90260bf2b','ddd5086483e02de49d34d5d4b0d2aaafabab9c9bdfc4e80976e4bf85bf05b626','2026-11-29T20:57:18.082000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}],"kept":{"user/31":{"actor_id":"db127b3c-8bc4-4c12-bde1-9743aba32788","created":"2026-11-29T20:57:18.082000Z","id":"000964f4-7c11-4f59-ace1-554d33a2272d"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'ddd5086483e02de49d34d5d4b0d2aaafabab9c9bdfc4e80976e4bf85bf05b626','365605bd74d11c0b1e8c6e9fde3f5bb9b6098bd6084a1b9ff5747fce9c0a5661','2026-11-29T20:57:18.082000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"service_account/33":{"actor_id":"6926cff3-0705-4ccd-99e7-a6dbb557636c","created":"2026-11-29T20:57:18.082000Z","id":"31517778-0fa7-427f-8812-0a7c78e9a658"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"description":"Builds.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'365605bd74d11c0b1e8c6e9fde3f5bb9b6098bd6084a1b9ff5747fce9c0a5661','705172910cfe675dd6063ca7add3dac02cbc880ec6c8c7d60f6d17392c454f7e','2026-11-29T20:57:18.082000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key','{"kept":{"api_key/33/main":{"created":"2026-11-29T20:57:18.082000Z","hash":"957ec67c61e094f6a3061fa32c98063d01b31a63723af031c7c5a3d9640e6f55","id":"36ddd087-2bb0-4039-aaa3-125811dc96fe","shown":"pnb_...TJm9"}}}','olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'705172910cfe675dd6063ca7add3dac02cbc880ec6c8c7d60f6d17392c454f7e','04c4ef59bbf85c42dab8e410ff86577dfb86551bbe071c46640300eac5202824','2026-11-29T20:57:18.082000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'04c4ef59bbf85c42dab8e410ff86577dfb86551bbe071c46640300eac5202824','4ecbef5db915c4319df1f54cc704e08314846fe42588f04759dd8e2eb11aa889','2026-11-29T20:57:18.082000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'4ecbef5db915c4319df1f54cc704e08314846fe42588f04759dd8e2eb11aa889','d51a9a64cebde493dc4aab6e63b21ed8848b5de80748d4cb7417fd2b77c65d81','2026-11-29T20:57:18.082000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'d51a9a64cebde493dc4aab6e63b21ed8848b5de80748d4cb7417fd2b77c65d81','626059fcda2f58a2407c5369498459dee3510fae120d104faeb4f37d5fc0a815','2026-11-29T20:57:18.082000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,17,'626059fcda2f58a2407c5369498459dee3510fae120d104faeb4f37d5fc0a815','bc8f90883a86057181525bb2a6a78de02fff0fb0d55ceb444270dd3bdf2b4b35','2026-11-29T20:57:18.082000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'bc8f90883a86057181525bb2a6a78de02fff0fb0d55ceb444270dd3bdf2b4b35','8a38ee11059b2ff51fe481ebead01bcf9034b7c047e13e0bb6ed9e062bdeeb49','2026-11-29T20:57:18.082000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,19,'8a38ee11059b2ff51fe481ebead01bcf9034b7c047e13e0bb6ed9e062bdeeb49','8dd7d7fe507d6224eb86c8740678e25b19164e166fdc1d4ee666ca7f03bdedd0','2026-11-29T20:57:21.047000Z','`service-account.ci` updated','service-account.ci','service_account',NULL,'olivia@example.org','','1c35a9b7-19d1-4016-95c7-6e94c5320bce','b74f8c1881a413604c8e53bfd7dcb41330119e4b206160ac5a78951139ddde34','{"description":"Builds.","kind":"service-account","name":"ci"}','{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,20,'8dd7d7fe507d6224eb86c8740678e25b19164e166fdc1d4ee666ca7f03bdedd0','f7a7f1648d68d451f3cf7575f44b95b12dfc98f8042a7246adc82b204bb929cf','2026-11-29T20:57:21.047000Z','`team.data` updated','team.data','team',NULL,'olivia@example.org','','1c35a9b7-19d1-4016-95c7-6e94c5320bce','b74f8c1881a413604c8e53bfd7dcb41330119e4b206160ac5a78951139ddde34','{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'eb2ca868-78bb-4da4-b569-cafc3dd6b6c0','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'b6cb3ba4-e138-44ae-9479-82276010cfc3','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,29,0,6,NULL,NULL,'c8ad0879-889b-42b3-baf7-4f42a6e3c14c','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',28,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'1a25459f-bb0f-4fc8-8cb2-6f5b0625337f','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'4de1964e-038f-4c57-953a-55049c0f3f93','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'e29962e5-97cf-4deb-9301-a79fc4996aa4','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,8,NULL,NULL,'cd8dd55a-8d1f-40a0-81d9-eac5bed942dd','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',38,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,19,NULL,'2099-01-01T00:00:00.000000Z','0dff9615-a3c6-44cc-acfc-56e8e7f6d867','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',36,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'f48f27fb-a097-43db-ab53-eca30f01aeaa','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',37,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'f5fcd3ff-945c-42fa-acf2-70b6fca60fd2','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',40,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'1bdd2e32-a2aa-4bed-8b2b-84af9b2fd3bf','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',39,NULL);
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
INSERT INTO "document" VALUES(1,'0d874ec4-d117-47c1-aaf9-b328844ef8ae','key',14,'d46d719c-ce16-4d6b-a594-546a47e8b87c','{"default":null,"everywhere":true,"maker":null}','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z');
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
INSERT INTO "role" VALUES(1,4,'09cf8de1-7430-4cde-b062-d257dd7e57af','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'a5489893-c931-41c4-b884-ed8c736c3dc8','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'acc20758-e7be-4542-b551-485565e6499e','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'d31d8533-cda6-4546-acf2-f593ab25c6a7','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'3b14e910-2e10-4c6c-9067-b53da11e85b7','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'2870ec72-20a0-41b6-92de-23e42b53fb76','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'5f0e66cf-49da-4e3d-a942-a42ea0d0effd','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'509313e9-49c6-418c-8eb3-b3c4aa274a8c','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'69ada525-9f7f-4bce-8795-3121288be283','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'6d886943-1ef0-4431-a299-050ceb6867a3','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'a043e7ac-31ee-41e8-8784-b97e55100d69','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'1c35a9b7-19d1-4016-95c7-6e94c5320bce','2026-11-29T20:57:21.047000Z','b74f8c1881a413604c8e53bfd7dcb41330119e4b206160ac5a78951139ddde34');
INSERT INTO "run" VALUES(1,'de82f6a5-66bf-4c16-9eb3-38c7fcd0846c','2026-11-29T20:57:18.082000Z','002f576e6ba180452b7995164437964a22f2ac9a0f8fcbc44eeb08087a1bb3db');
INSERT INTO "run" VALUES(1,'init','2026-11-29T20:55:40.190000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'31517778-0fa7-427f-8812-0a7c78e9a658','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:21.047000Z',41,'6926cff3-0705-4ccd-99e7-a6dbb557636c','Builds and ships.');
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
INSERT INTO "team" VALUES(1,27,'b9187d2f-9914-449e-b987-359797cf5a39','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:21.047000Z',42,'','');
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
INSERT INTO "team_member" VALUES(1,27,25,'1b453316-0567-47ed-a4f9-a2ee4c515a53',NULL,NULL,'2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',NULL);
INSERT INTO "team_member" VALUES(1,27,29,'dd08d6ba-00f4-4225-a27c-0b015ff893cf',NULL,NULL,'2026-11-29T20:57:21.047000Z','2026-11-29T20:57:21.047000Z',NULL);
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
INSERT INTO "user" VALUES(1,14,'58b01001-7963-4a8c-b575-fb6783d547a9','2026-11-29T20:55:40.190000Z','2026-11-29T20:55:40.190000Z',13,'29d9b6c1-abd1-4497-887c-e4fec48ec62f','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'edc44328-2785-4a06-971e-5ce6b93a2953','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',24,'311ec4c3-1ec6-44fa-a263-674399ada669','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,29,'67dc178a-ba73-4497-94b8-4496b828f38d','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',28,'e4ee3a3b-5946-451a-bf33-fb91de7d05a8','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'000964f4-7c11-4f59-ace1-554d33a2272d','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',30,'db127b3c-8bc4-4c12-bde1-9743aba32788','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'cb094925-88cb-446d-9998-b5d3a2077669','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'90fef2b9-698d-423b-81a4-d5e8c98483ad','2026-11-29T20:57:18.082000Z','2026-11-29T20:57:18.082000Z',22,'test','',0);
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
CREATE INDEX ix_audit_account_object_id ON audit (account, object_id);
COMMIT;
