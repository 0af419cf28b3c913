-- A store of schema 0008, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_HNNL0phIiugtCXiPBo9gL0ThiwJXoSyu4tnW
-- key service-account.ci/key/main pnb_FLYZakTRCOXlmdmMI6XSD9Tol83vDqjgFl5z
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
INSERT INTO "account" VALUES(1,'7bc76a30-db55-4d2c-8447-2f7a24e75bef','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',41,'2026-11-30T08:25:31.057000Z');
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
INSERT INTO "alembic_version" VALUES('0008');
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
INSERT INTO "api_key" VALUES(1,14,'init','fcdc324303991f3171d43e0a59f8cad30dda8b76feaf51025afb4d2666c33ff9',NULL,'7d537d60-fffc-4c8a-bf58-ec1b3a560d8a','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',15,'pnu_...4tnW');
INSERT INTO "api_key" VALUES(1,33,'main','aea44dbec867481589cbb63b5969c39de27b7e3ddd2032496117afe7420de978','2099-01-01T00:00:00.000000Z','ddfa3faa-17e5-409c-a571-5ad3a19e213f','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',34,'pnb_...Fl5z');
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
	result TEXT NOT NULL, shape TEXT NOT NULL GENERATED ALWAYS AS (
object_table
|| CASE WHEN "before" IS NULL AND "after" IS NULL THEN '.'
        WHEN "before" IS NULL THEN '+'
        WHEN "after" IS NULL THEN '-'
        ELSE '=' END
|| CASE object_table
        WHEN 'membership' THEN 
CASE WHEN instr(object_id, '/access/') > 0 THEN ''
     WHEN substr(object_id, length(object_id) - 12) = '/account_role' THEN 'a'
     ELSE 'd' END

        WHEN 'role' THEN
            CASE WHEN instr(coalesce("after", "before"), '"level":"account"') > 0
                 THEN '1' ELSE '0' END
        WHEN 'user' THEN
            CASE WHEN instr("before", '"status":"pending"') > 0 THEN '1' ELSE '0' END
            || CASE WHEN instr("after", '"status":"pending"') > 0 THEN '1' ELSE '0' END
        ELSE '' END
) VIRTUAL, place TEXT NOT NULL GENERATED ALWAYS AS (
CASE WHEN "before" IS NULL AND "after" IS NULL THEN ''
     WHEN object_table = 'workspace' THEN object_id
     WHEN object_table = 'object_access' OR object_table = 'membership' AND 
CASE WHEN instr(object_id, '/access/') > 0 THEN ''
     WHEN substr(object_id, length(object_id) - 12) = '/account_role' THEN 'a'
     ELSE 'd' END
 <> 'a'
         THEN substr(object_id, 1, instr(object_id || '/', '/') - 1)
     ELSE '' END
) VIRTUAL, 
	CONSTRAINT pk_audit PRIMARY KEY (account, seq), 
	CONSTRAINT fk_audit_account FOREIGN KEY(account) REFERENCES account (number) ON DELETE RESTRICT, 
	CONSTRAINT uq_audit_account_prev UNIQUE (account, prev)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','1e79691c1e1c50c543c4664879dfa032fdfb3ae3fc726e90691cfc8dec3a1ed5','2026-11-30T08:25:31.057000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"kept":{"account":{"created":"2026-11-30T08:25:31.057000Z","features":["audit-trail","basic-rbac","custom-roles","teams"],"id":"7bc76a30-db55-4d2c-8447-2f7a24e75bef","settings":{},"world":"prefect-cloud"},"role/10":{"created":"2026-11-30T08:25:31.057000Z","id":"bf28c7d2-4227-4d20-ad21-f62010e0c12b"},"role/11":{"created":"2026-11-30T08:25:31.057000Z","id":"8a57b511-988a-42f6-864c-5d9594458124"},"role/12":{"created":"2026-11-30T08:25:31.057000Z","id":"a58b92ec-0a11-4169-bb3e-d05408200830"},"role/4":{"created":"2026-11-30T08:25:31.057000Z","id":"9c0c8c9a-075e-4d6e-bc82-f4e877938b05"},"role/5":{"created":"2026-11-30T08:25:31.057000Z","id":"d52c0e03-a8c8-4832-9cd4-c77868ee29bb"},"role/6":{"created":"2026-11-30T08:25:31.057000Z","id":"2101d91e-01ee-4bb6-9ce9-973e6b160b5c"},"role/7":{"created":"2026-11-30T08:25:31.057000Z","id":"e244fa18-489e-4b5a-a4bb-4d81c21f156f"},"role/8":{"created":"2026-11-30T08:25:31.057000Z","id":"377450b8-3215-456d-a45c-0a5f25c6c10b"},"role/9":{"created":"2026-11-30T08:25:31.057000Z","id":"b9cfba40-0613-476a-8dfb-61dec2248217"},"user/14":{"actor_id":"a88994e0-ccdd-4720-a07b-ba1c12932106","created":"2026-11-30T08:25:31.057000Z","id":"af4e6c33-b07f-4598-897f-7ce7e4cb5890"}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'1e79691c1e1c50c543c4664879dfa032fdfb3ae3fc726e90691cfc8dec3a1ed5','54da80259fa7dc6524a24fdd07d98e6af225ee868473926e15eeb6ec44e4d8fa','2026-11-30T08:25:31.057000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"kept":{"api_key/14/init":{"created":"2026-11-30T08:25:31.057000Z","hash":"0542f7ef8b76973af5ee66b032dd09c906328f662168394fe5b1cf53348d6288","id":"7d537d60-fffc-4c8a-bf58-ec1b3a560d8a","shown":"pnu_...4tnW"},"document/8a295aec-2bdd-4acf-9e85-97bdd75aaeb7":{"content":{"default":null,"everywhere":true,"maker":null},"kind":"key","name":"7d537d60-fffc-4c8a-bf58-ec1b3a560d8a","owner":14}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'54da80259fa7dc6524a24fdd07d98e6af225ee868473926e15eeb6ec44e4d8fa','5b92b0531976288a502d8cef234298b71ad66b4b1bf4ddec932d9f7feecfffae','2026-11-30T08:25:32.010000Z','`role.oncall` created','role.oncall','role','{"kept":{"role/17":{"created":"2026-11-30T08:25:32.010000Z","id":"ea2efbcc-f7e2-46d6-9b99-e13ccae03bb1"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'5b92b0531976288a502d8cef234298b71ad66b4b1bf4ddec932d9f7feecfffae','b00d06551d7aefd30337e8567522efd1cbda1e49f06d8feb8f2543bd84a03ddd','2026-11-30T08:25:32.010000Z','`role.reader` created','role.reader','role','{"kept":{"role/19":{"created":"2026-11-30T08:25:32.010000Z","id":"c4d56c72-84e1-417e-9ec4-a5c59bb9665c"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'b00d06551d7aefd30337e8567522efd1cbda1e49f06d8feb8f2543bd84a03ddd','966ccab37db52eb9da6ee1c4cb05fbc915f0bfc058e2f4a880dd45c62e7818ef','2026-11-30T08:25:32.010000Z','`workspace.prod` created','workspace.prod','workspace','{"kept":{"workspace/21":{"created":"2026-11-30T08:25:32.010000Z","id":"2d51f41f-3c29-44e8-b123-641889c6fdbb"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'966ccab37db52eb9da6ee1c4cb05fbc915f0bfc058e2f4a880dd45c62e7818ef','b278474395c276f49f8153c21cbe790ba5680f681588b2c32651e2c9b1677d0d','2026-11-30T08:25:32.010000Z','`workspace.test` created','workspace.test','workspace','{"kept":{"workspace/23":{"created":"2026-11-30T08:25:32.010000Z","id":"46a6fe94-a447-417a-a426-7d97bde5b370"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'b278474395c276f49f8153c21cbe790ba5680f681588b2c32651e2c9b1677d0d','242731d1e9490794ca4b2ea88ba6a3cc2c759b1ed743ca839574c1fa1609e78d','2026-11-30T08:25:32.010000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/25":{"actor_id":"7f995eb9-58b9-45e9-a91e-5eff91197fc3","created":"2026-11-30T08:25:32.010000Z","id":"823ee70f-bf3e-4afe-bed8-1dd4b504b107"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'242731d1e9490794ca4b2ea88ba6a3cc2c759b1ed743ca839574c1fa1609e78d','c969ade6cdbbbe5e476bf9b76508cd02c2b84b1cf190990993f903aaa4e701c1','2026-11-30T08:25:32.010000Z','`team.data` created','team.data','team','{"kept":{"team/27":{"created":"2026-11-30T08:25:32.010000Z","id":"ba0adcb4-fa31-435a-9068-ef9cd05ab9dc"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,9,'c969ade6cdbbbe5e476bf9b76508cd02c2b84b1cf190990993f903aaa4e701c1','d2d2f57123903efbad2c900692d9b034f84ec4793d74f5936bc7fc1c1945b23a','2026-11-30T08:25:32.010000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/29":{"actor_id":"6784147e-f976-428e-ae0c-06f0fcdc07c8","created":"2026-11-30T08:25:32.010000Z","id":"e1537a29-be8d-4844-9a73-f562260c86e6"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,10,'d2d2f57123903efbad2c900692d9b034f84ec4793d74f5936bc7fc1c1945b23a','88b8379b9c9f97fb4edd1e0a6eb93b6eafaf6e03b6f3a7449bdefad5ab85321e','2026-11-30T08:25:32.010000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}],"kept":{"user/31":{"actor_id":"80003fc1-66e6-41a7-8f2b-d6f752496b4c","created":"2026-11-30T08:25:32.010000Z","id":"0dbd1309-d0ff-42ad-a499-b4d28ce46cc8"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'88b8379b9c9f97fb4edd1e0a6eb93b6eafaf6e03b6f3a7449bdefad5ab85321e','290f08074c87ef61b005de5be6885e199fb25d1d7e52011b7dfa2da9c4577c47','2026-11-30T08:25:32.010000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"service_account/33":{"actor_id":"7964cca2-f185-4875-9f69-67738a6f5855","created":"2026-11-30T08:25:32.010000Z","id":"261ab31a-aece-4005-abf0-768104b489d7"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'290f08074c87ef61b005de5be6885e199fb25d1d7e52011b7dfa2da9c4577c47','c3b0375254a4ccecc415c46530022150784968068f07fe8fa63d9e8a30751606','2026-11-30T08:25:32.010000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key','{"kept":{"api_key/33/main":{"created":"2026-11-30T08:25:32.010000Z","hash":"ac14722101ffffffbc00248cf7a5a9c1a000c6b9ae954cbd72a956b261e7f80b","id":"ddfa3faa-17e5-409c-a571-5ad3a19e213f","shown":"pnb_...Fl5z"}}}','olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'c3b0375254a4ccecc415c46530022150784968068f07fe8fa63d9e8a30751606','39df19911068a5e9529558e6610e205ea661e59ffd77757af9636da2ccbb28df','2026-11-30T08:25:32.010000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'39df19911068a5e9529558e6610e205ea661e59ffd77757af9636da2ccbb28df','5ea647f6592c91048a79fd8bde21331197fbb369bcd68530b26d3736c9d68cbc','2026-11-30T08:25:32.010000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'5ea647f6592c91048a79fd8bde21331197fbb369bcd68530b26d3736c9d68cbc','cbc9994f4064b23294fb69ee8b2b09aa48225f7d9d384e29fce52f90ebd99489','2026-11-30T08:25:32.010000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'cbc9994f4064b23294fb69ee8b2b09aa48225f7d9d384e29fce52f90ebd99489','36dbb5c080331414033d7e7170e8ed82095a9c1d135088b7fda7da24c7dcb757','2026-11-30T08:25:32.010000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,17,'36dbb5c080331414033d7e7170e8ed82095a9c1d135088b7fda7da24c7dcb757','afbe2defd370d0e5256ed3d4910e524cfd314ef677074c25a065d715c022c51b','2026-11-30T08:25:32.010000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'afbe2defd370d0e5256ed3d4910e524cfd314ef677074c25a065d715c022c51b','cda0cc239d866fb2a17528d2f8067e2a755fa12d9292c184c2327c46e422c900','2026-11-30T08:25:32.010000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','e6f72381-7af8-437c-bd90-2dcf355b9c36','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,19,'cda0cc239d866fb2a17528d2f8067e2a755fa12d9292c184c2327c46e422c900','de1673723d68b6b529a5f876e033802f0750a80633befd01c0617aa6b681e425','2026-11-30T08:25:32.540000Z','`team.data` updated','team.data','team',NULL,'olivia@example.org','','48e575a4-e79e-4db3-a4eb-57ee67250d9e','13b510e981ff8d7d475c5c58964050636c92b74d6e5db3df5b43fadd101cb8be','{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
CREATE TABLE audit_count (
	account INTEGER NOT NULL, 
	aspect TEXT NOT NULL, 
	part TEXT NOT NULL, 
	shape TEXT NOT NULL, 
	timestamp TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	CONSTRAINT pk_audit_count PRIMARY KEY (account, aspect, part, shape, timestamp), 
	CONSTRAINT fk_audit_count_account FOREIGN KEY(account) REFERENCES account (number) ON DELETE RESTRICT
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "audit_count" VALUES(1,'all','','api_key+','2026-11-30T08:25:31.057000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'all','','api_key+','2026-11-30T08:25:32.010000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'all','','membership+','2026-11-30T08:25:32.010000Z',5,5,17);
INSERT INTO "audit_count" VALUES(1,'all','','membership+d','2026-11-30T08:25:32.010000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'all','','role+0','2026-11-30T08:25:32.010000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'all','','service_account+','2026-11-30T08:25:32.010000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'all','','team+','2026-11-30T08:25:32.010000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'all','','team=','2026-11-30T08:25:32.540000Z',1,1,19);
INSERT INTO "audit_count" VALUES(1,'all','','user+00','2026-11-30T08:25:31.057000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'all','','user+00','2026-11-30T08:25:32.010000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'all','','workspace+','2026-11-30T08:25:32.010000Z',2,2,6);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','api_key+','2026-11-30T08:25:31.057000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','api_key+','2026-11-30T08:25:32.010000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','membership+','2026-11-30T08:25:32.010000Z',5,5,17);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','membership+d','2026-11-30T08:25:32.010000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','role+0','2026-11-30T08:25:32.010000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','service_account+','2026-11-30T08:25:32.010000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','team+','2026-11-30T08:25:32.010000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','team=','2026-11-30T08:25:32.540000Z',1,1,19);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','user+00','2026-11-30T08:25:31.057000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','user+00','2026-11-30T08:25:32.010000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','workspace+','2026-11-30T08:25:32.010000Z',2,2,6);
INSERT INTO "audit_count" VALUES(1,'place','','api_key+','2026-11-30T08:25:31.057000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'place','','api_key+','2026-11-30T08:25:32.010000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'place','','role+0','2026-11-30T08:25:32.010000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'place','','service_account+','2026-11-30T08:25:32.010000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'place','','team+','2026-11-30T08:25:32.010000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'place','','team=','2026-11-30T08:25:32.540000Z',1,1,19);
INSERT INTO "audit_count" VALUES(1,'place','','user+00','2026-11-30T08:25:31.057000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'place','','user+00','2026-11-30T08:25:32.010000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'place','workspace.prod','membership+','2026-11-30T08:25:32.010000Z',4,4,16);
INSERT INTO "audit_count" VALUES(1,'place','workspace.prod','workspace+','2026-11-30T08:25:32.010000Z',1,1,5);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','membership+','2026-11-30T08:25:32.010000Z',1,1,17);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','membership+d','2026-11-30T08:25:32.010000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','workspace+','2026-11-30T08:25:32.010000Z',1,1,6);
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'c2cb229c-d413-4c62-b25c-b4ddc58248c7','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'a4cb7858-ef28-45ab-90ed-137a93715f03','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,29,0,6,NULL,NULL,'435e12b5-3306-4220-8bcf-c23943f3457d','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',28,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'15366849-46f8-4eb0-ad4d-4c50ffea9c2f','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'db5df926-e7c9-4d6c-906f-9966e19c3b7f','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'e164cb55-0d24-49f3-a800-51d93bf03606','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,8,NULL,NULL,'573b38c3-bc40-4bb7-bfbf-3d0c94363b27','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',38,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,19,NULL,'2099-01-01T00:00:00.000000Z','b703b9ca-5c24-41b2-b09e-913e748ae25e','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',36,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'bbecaaad-b3f9-4ae1-ae8c-556f0cb04254','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',37,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'1e345a8c-46d5-4f36-830f-fe3bcdacbf7e','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',40,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'e648059b-478c-458f-8767-340d446bb75f','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',39,NULL);
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
INSERT INTO "document" VALUES(1,'8a295aec-2bdd-4acf-9e85-97bdd75aaeb7','key',14,'7d537d60-fffc-4c8a-bf58-ec1b3a560d8a','{"default":null,"everywhere":true,"maker":null}','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z');
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
INSERT INTO "role" VALUES(1,4,'9c0c8c9a-075e-4d6e-bc82-f4e877938b05','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'d52c0e03-a8c8-4832-9cd4-c77868ee29bb','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'2101d91e-01ee-4bb6-9ce9-973e6b160b5c','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'e244fa18-489e-4b5a-a4bb-4d81c21f156f','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'377450b8-3215-456d-a45c-0a5f25c6c10b','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'b9cfba40-0613-476a-8dfb-61dec2248217','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'bf28c7d2-4227-4d20-ad21-f62010e0c12b','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'8a57b511-988a-42f6-864c-5d9594458124','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'a58b92ec-0a11-4169-bb3e-d05408200830','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'ea2efbcc-f7e2-46d6-9b99-e13ccae03bb1','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'c4d56c72-84e1-417e-9ec4-a5c59bb9665c','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'48e575a4-e79e-4db3-a4eb-57ee67250d9e','2026-11-30T08:25:32.540000Z','13b510e981ff8d7d475c5c58964050636c92b74d6e5db3df5b43fadd101cb8be');
INSERT INTO "run" VALUES(1,'e6f72381-7af8-437c-bd90-2dcf355b9c36','2026-11-30T08:25:32.010000Z','c1bd0b9255354c0dc5722169134630af78ea849b08fc02d1d78cd4e8703464bc');
INSERT INTO "run" VALUES(1,'init','2026-11-30T08:25:31.057000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'261ab31a-aece-4005-abf0-768104b489d7','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',32,'7964cca2-f185-4875-9f69-67738a6f5855','Builds and ships.');
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
INSERT INTO "team" VALUES(1,27,'ba0adcb4-fa31-435a-9068-ef9cd05ab9dc','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.540000Z',41,'','');
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
INSERT INTO "team_member" VALUES(1,27,25,'2b8623e2-deaf-4d57-8906-f02fcf551ec4',NULL,NULL,'2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',NULL);
INSERT INTO "team_member" VALUES(1,27,29,'c43aec67-64dc-4ec0-b1b5-5f828e098752',NULL,NULL,'2026-11-30T08:25:32.540000Z','2026-11-30T08:25:32.540000Z',NULL);
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
INSERT INTO "user" VALUES(1,14,'af4e6c33-b07f-4598-897f-7ce7e4cb5890','2026-11-30T08:25:31.057000Z','2026-11-30T08:25:31.057000Z',13,'a88994e0-ccdd-4720-a07b-ba1c12932106','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'823ee70f-bf3e-4afe-bed8-1dd4b504b107','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',24,'7f995eb9-58b9-45e9-a91e-5eff91197fc3','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,29,'e1537a29-be8d-4844-9a73-f562260c86e6','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',28,'6784147e-f976-428e-ae0c-06f0fcdc07c8','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'0dbd1309-d0ff-42ad-a499-b4d28ce46cc8','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',30,'80003fc1-66e6-41a7-8f2b-d6f752496b4c','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'2d51f41f-3c29-44e8-b123-641889c6fdbb','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'46a6fe94-a447-417a-a426-7d97bde5b370','2026-11-30T08:25:32.010000Z','2026-11-30T08:25:32.010000Z',22,'test','',0);
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
CREATE INDEX ix_audit_account_object_id_timestamp_seq ON audit (account, object_id, timestamp, seq);
CREATE INDEX ix_audit_account_timestamp_seq ON audit (account, timestamp, seq);
CREATE INDEX ix_audit_account_shape_timestamp_seq ON audit (account, shape, timestamp, seq);
CREATE INDEX ix_audit_account_place_shape_timestamp_seq ON audit (account, place, shape, timestamp, seq);
CREATE INDEX ix_audit_account_applier_shape_timestamp_seq ON audit (account, applier, shape, timestamp, seq);
CREATE INDEX ix_user_account_actor_id ON user (account, actor_id);
CREATE INDEX ix_service_account_account_actor_id ON service_account (account, actor_id);
CREATE INDEX ix_binding_account_id ON binding (account, id);
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 VALUES('address','sqlite_autoindex_address_2','1000000 1000000 10000 1');
INSERT INTO sqlite_stat1 VALUES('address','address','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('api_key','sqlite_autoindex_api_key_3','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('api_key','sqlite_autoindex_api_key_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('api_key','api_key','1000000 1000000 10000 1');
INSERT INTO sqlite_stat1 VALUES('audit','ix_audit_account_applier_shape_timestamp_seq','1000000 1000000 10000 100 1 1');
INSERT INTO sqlite_stat1 VALUES('audit','ix_audit_account_place_shape_timestamp_seq','1000000 1000000 10000 100 1 1');
INSERT INTO sqlite_stat1 VALUES('audit','ix_audit_account_shape_timestamp_seq','1000000 1000000 10000 100 1');
INSERT INTO sqlite_stat1 VALUES('audit','ix_audit_account_timestamp_seq','1000000 1000000 10000 100');
INSERT INTO sqlite_stat1 VALUES('audit','ix_audit_account_object_id_timestamp_seq','1000000 1000000 10000 100 1');
INSERT INTO sqlite_stat1 VALUES('audit','sqlite_autoindex_audit_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('audit','audit','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('audit_count','audit_count','1000000 1000000 10000 100 1 1');
INSERT INTO sqlite_stat1 VALUES('binding','ix_binding_account_id','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('binding','ix_binding_account_role','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('binding','ix_binding_account_principal','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('binding','binding','1000000 1000000 10000 100 1');
INSERT INTO sqlite_stat1 VALUES('document','ix_document_account_owner','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('document','sqlite_autoindex_document_2','1000000 1000000 10000 100 1');
INSERT INTO sqlite_stat1 VALUES('document','document','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('role','ix_role_account_base','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('role','sqlite_autoindex_role_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('role','role','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('role_implied','ix_role_implied_account_implied','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('role_implied','role_implied','1000000 1000000 10000 1');
INSERT INTO sqlite_stat1 VALUES('role_permission','role_permission','1000000 1000000 10000 1');
INSERT INTO sqlite_stat1 VALUES('run','run','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('service_account','ix_service_account_account_actor_id','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('service_account','sqlite_autoindex_service_account_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('service_account','service_account','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('team','sqlite_autoindex_team_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('team','team','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('team_member','ix_team_member_account_member','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('team_member','team_member','1000000 1000000 10000 1');
INSERT INTO sqlite_stat1 VALUES('user','ix_user_account_actor_id','1000000 1000000 10000');
INSERT INTO sqlite_stat1 VALUES('user','sqlite_autoindex_user_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('user','user','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('workspace','sqlite_autoindex_workspace_2','1000000 1000000 1');
INSERT INTO sqlite_stat1 VALUES('workspace','workspace','1000000 1000000 1');
COMMIT;
