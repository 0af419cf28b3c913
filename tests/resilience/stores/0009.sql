-- A store of schema 0009, as the rbac-sync of that time wrote it.
-- key olivia@example.org pnu_rukgOBjmFzn3DMcxSMFipm6FGVzzQkf5uAyA
-- key service-account.ci/key/main pnb_fXswWujTFSpcvdZ2MBcpAeqeYRpruHxEOeMM
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
INSERT INTO "account" VALUES(1,'399c4ca1-a3b8-4fe6-a832-fb6294592fd8','acme','prefect-cloud','["audit-trail","basic-rbac","custom-roles","teams"]','{}',42,'2026-11-30T20:55:25.181000Z');
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
INSERT INTO "alembic_version" VALUES('0009');
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
INSERT INTO "api_key" VALUES(1,14,'init','cf032ec0190d382e6122c168c8d1405f89389eba73c88b9ba71a51697b3e4e48',NULL,'0cf29bac-74fe-421e-b02d-d24639288e51','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',15,'pnu_...uAyA');
INSERT INTO "api_key" VALUES(1,33,'first','adf308cb53642e84751742806ebf563c8e6ae6b9ba998bcb296831fc113a992a','2099-01-01T00:00:00.000000Z','9a2f6757-e42c-48ae-88f6-9a18d06f21bb','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',34,'pnb_...qT8P');
INSERT INTO "api_key" VALUES(1,33,'main','461b5f52a899c4cdf2ea5241d26b788b6e1842b2ac73e8a33aea40411f8991bd','2099-01-01T00:00:00.000000Z','6eb1698a-cc56-42ea-be93-009f3584262e','2026-11-30T20:55:52.615000Z','2026-11-30T20:55:52.615000Z',41,'pnb_...OeMM');
CREATE TABLE appearance (
	account INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_appearance PRIMARY KEY (account, number, digest), 
	CONSTRAINT fk_appearance_account_number FOREIGN KEY(account, number) REFERENCES address (account, number) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "appearance" VALUES(1,33,'5e30a2ab1b158839f8aa339e89bb50b1603e90ec68e0fd5565fe10a7cb32729fddf7070a');
INSERT INTO "appearance" VALUES(1,27,'5e30a2ab3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7');
INSERT INTO "appearance" VALUES(1,19,'5e30a2ab3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30');
INSERT INTO "appearance" VALUES(1,4,'5e30a2ab4c1029697ee358715d3a14a2add817c4b01651440de808371f78165ac90dc581');
INSERT INTO "appearance" VALUES(1,11,'5e30a2ab4c1029697ee358715d3a14a2add817c4b01651440de808371f78165ac90dc581');
INSERT INTO "appearance" VALUES(1,9,'5e30a2ab527aa9f431539da8e151d5434d1d5e611d973f601d8e970790882624554146b0');
INSERT INTO "appearance" VALUES(1,7,'5e30a2ab53adf83d9f7b4dd136fee848946a5ea6d28640406aa260d1bb6adb79dccb58ee');
INSERT INTO "appearance" VALUES(1,21,'5e30a2ab6754af9632a2745e85c293e5aac0863370d9bd3330b9938c00cadfd215227d77');
INSERT INTO "appearance" VALUES(1,17,'5e30a2ab776b17088dc5c42e637829dfb3530b7592b0dd9fba89fad9338e895c241da4b7');
INSERT INTO "appearance" VALUES(1,12,'5e30a2ab87eba76e7f3164534045ba922e7770fb58bbd14ad732bbf5ba6f11cc56989e6e');
INSERT INTO "appearance" VALUES(1,10,'5e30a2ab88fa0d759f845b47c044c2cd44e29082cf6fea665c30c146374ec7c8f3d699e3');
INSERT INTO "appearance" VALUES(1,23,'5e30a2ab9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
INSERT INTO "appearance" VALUES(1,8,'5e30a2abd35ca5051b82ffc326a3b0b6574a9a3161dee16b9478a199ee39cd803ce5b799');
INSERT INTO "appearance" VALUES(1,5,'5e30a2abee4c45dc75121578c8e45d64ae32c4ad71ea18f007791fe881f5421d7fc6f794');
INSERT INTO "appearance" VALUES(1,6,'5e30a2abfa62d188379b5e1802af079bd4b87cd99c65b3a6621d42be485dfb11f98eedd6');
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
INSERT INTO "audit" VALUES(1,1,'0000000000000000000000000000000000000000000000000000000000000000','38e765138e39bb72022bcf0f7638ab78d5c95eaba8289c5e38098f4de3201b1b','2026-11-30T20:55:25.182000Z','`member.olivia@example.org` created','member.olivia@example.org','user','{"brings":[{"kind":"binding","principal":["member","olivia@example.org"],"roles":[{"role":["role","account/owner"]}],"scope":["account",""]}],"kept":{"account":{"created":"2026-11-30T20:55:25.181000Z","features":["audit-trail","basic-rbac","custom-roles","teams"],"id":"399c4ca1-a3b8-4fe6-a832-fb6294592fd8","settings":{},"world":"prefect-cloud"},"role/10":{"created":"2026-11-30T20:55:25.182000Z","id":"95e4f7d5-af26-419b-b5a3-09ec87e255fd"},"role/11":{"created":"2026-11-30T20:55:25.182000Z","id":"5133b8b8-1e6d-4c92-a964-1f2cfbc4d4c6"},"role/12":{"created":"2026-11-30T20:55:25.182000Z","id":"d7d88d0c-8347-43c8-81f6-b71b6fb575fd"},"role/4":{"created":"2026-11-30T20:55:25.182000Z","id":"cea958d7-beda-4345-b9f8-9824601a2847"},"role/5":{"created":"2026-11-30T20:55:25.182000Z","id":"e84467ca-6a86-4784-8c60-8503fc34c28f"},"role/6":{"created":"2026-11-30T20:55:25.182000Z","id":"3bdd3ed8-fb59-4eaf-8eef-74324ad3fe14"},"role/7":{"created":"2026-11-30T20:55:25.182000Z","id":"5da4e842-ddb0-464d-ab0c-fc2d488897a9"},"role/8":{"created":"2026-11-30T20:55:25.182000Z","id":"573ed240-70df-4480-b03a-f6a8fefa9d04"},"role/9":{"created":"2026-11-30T20:55:25.182000Z","id":"c4709f80-d6ae-4796-ab1b-b074d3e1d17c"},"user/14":{"actor_id":"0bee6839-e0c7-4cda-bbca-177358a3afba","created":"2026-11-30T20:55:25.182000Z","id":"6e5c7973-88b3-4ad3-bb62-9d957fdbe83c"}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"email":"olivia@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,2,'38e765138e39bb72022bcf0f7638ab78d5c95eaba8289c5e38098f4de3201b1b','16787cf03c01cbee00141f4733d3ec006a96f0201a830504d905be55357160f6','2026-11-30T20:55:25.182000Z','`member.olivia@example.org/key/init` created','member.olivia@example.org/key/init','api_key','{"kept":{"api_key/14/init":{"created":"2026-11-30T20:55:25.182000Z","hash":"c821e2f5b55cfaea5c9458414cac039c217321d6f5a0e9576307343191e5f021","id":"0cf29bac-74fe-421e-b02d-d24639288e51","shown":"pnu_...uAyA"},"document/a8bcb80a-ca89-4de5-8378-dd09beaa527c":{"content":{"default":null,"everywhere":true,"maker":null},"kind":"key","name":"0cf29bac-74fe-421e-b02d-d24639288e51","owner":14}},"reason":"rbac-sync store init"}','olivia@example.org','','init','',NULL,'{"kind":"key","name":"init","owner":["member","olivia@example.org"]}','done');
INSERT INTO "audit" VALUES(1,3,'16787cf03c01cbee00141f4733d3ec006a96f0201a830504d905be55357160f6','3d65da25461b0c903f1d3f56317fdec82a38f5c958469d00531c95e6400935b4','2026-11-30T20:55:42.458000Z','`role.oncall` created','role.oncall','role','{"kept":{"role/17":{"created":"2026-11-30T20:55:42.458000Z","id":"d12e0167-9d51-43ca-9b8e-efd73fa008ef"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"base":[["role","workspace/runner"]],"kind":"role","level":"workspace","name":"oncall"}','done');
INSERT INTO "audit" VALUES(1,4,'3d65da25461b0c903f1d3f56317fdec82a38f5c958469d00531c95e6400935b4','04cd904cb29a62ae18e202647cae0073185c44f5a06781a1cf954068085939e7','2026-11-30T20:55:42.458000Z','`role.reader` created','role.reader','role','{"kept":{"role/19":{"created":"2026-11-30T20:55:42.458000Z","id":"6567953b-b111-4bc2-bafb-4506dc410ce9"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"role","level":"workspace","name":"reader","permissions":["see_flows"]}','done');
INSERT INTO "audit" VALUES(1,5,'04cd904cb29a62ae18e202647cae0073185c44f5a06781a1cf954068085939e7','f25caf1ceb7d52beaea8239dd9b92704cba861f51ed1aa12afb5adc139066f4f','2026-11-30T20:55:42.458000Z','`workspace.prod` created','workspace.prod','workspace','{"kept":{"workspace/21":{"created":"2026-11-30T20:55:42.458000Z","id":"8274542f-ecc4-419f-b0a2-6fec53c70e7f"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"handle":"prod","kind":"workspace","name":"Production"}','done');
INSERT INTO "audit" VALUES(1,6,'f25caf1ceb7d52beaea8239dd9b92704cba861f51ed1aa12afb5adc139066f4f','b1dcdf0780d138639e827a22a61c9d7f4a58e9834bf033f4f50ba29acc4661a5','2026-11-30T20:55:42.458000Z','`workspace.test` created','workspace.test','workspace','{"kept":{"workspace/23":{"created":"2026-11-30T20:55:42.458000Z","id":"f876bb02-ca5b-4a00-b894-0e2a54b0003f"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"handle":"test","kind":"workspace","name":"test"}','done');
INSERT INTO "audit" VALUES(1,7,'b1dcdf0780d138639e827a22a61c9d7f4a58e9834bf033f4f50ba29acc4661a5','0d70f294587b998aa7b1fee2681376842e50ba5eec1c3f66ecb9071fc43556cc','2026-11-30T20:55:42.458000Z','`member.bo@example.org` created','member.bo@example.org','user','{"brings":[{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/25":{"actor_id":"240da4a5-5eb9-48e7-bf95-e5bb9e4e299b","created":"2026-11-30T20:55:42.458000Z","id":"5ee64645-7bfa-4bdf-8b86-31e79e48d2e8"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"email":"bo@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,8,'0d70f294587b998aa7b1fee2681376842e50ba5eec1c3f66ecb9071fc43556cc','f3523d050f58dbd57e94ad122fec2ad89d1fdba3ba8a2395099b9fddaaede2f3','2026-11-30T20:55:42.458000Z','`team.data` created','team.data','team','{"kept":{"team/27":{"created":"2026-11-30T20:55:42.458000Z","id":"6ae8af6c-4f5a-42ae-9d20-d7ba8f7e16d9"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','done');
INSERT INTO "audit" VALUES(1,9,'f3523d050f58dbd57e94ad122fec2ad89d1fdba3ba8a2395099b9fddaaede2f3','b3742f42147f6d781e153b1dd06519687770f29ccea87842a2167a252190e8c8','2026-11-30T20:55:42.458000Z','`member.cy@example.org` created','member.cy@example.org','user','{"brings":[{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"user/29":{"actor_id":"343320ea-5dc2-4d2a-a452-435e7318451f","created":"2026-11-30T20:55:42.458000Z","id":"a6880cdf-1440-4a89-a1fc-86b085478584"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"email":"cy@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,10,'b3742f42147f6d781e153b1dd06519687770f29ccea87842a2167a252190e8c8','11fd10695330438d7e632f30d2a900d81abb02b075d696970f569d4adca1b154','2026-11-30T20:55:42.458000Z','`member.dee@example.org` created','member.dee@example.org','user','{"brings":[{"kind":"binding","principal":["member","dee@example.org"],"roles":[{"role":["role","account/admin"]}],"scope":["account",""]}],"kept":{"user/31":{"actor_id":"9f082377-ad3a-4024-976a-3f8a59eb7f97","created":"2026-11-30T20:55:42.458000Z","id":"2d553ea5-a8be-4e5c-99c5-601940a01928"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"email":"dee@example.org","kind":"member"}','done');
INSERT INTO "audit" VALUES(1,11,'11fd10695330438d7e632f30d2a900d81abb02b075d696970f569d4adca1b154','cf5a7e4359e8b56f7cd2f9b568bba5e6a36da779e70ac9332b25dc209c761d14','2026-11-30T20:55:42.458000Z','`service-account.ci` created','service-account.ci','service_account','{"brings":[{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","account/member"]}],"scope":["account",""]}],"kept":{"service_account/33":{"actor_id":"cd4df4df-1a04-496b-8594-2f89cfed0ceb","created":"2026-11-30T20:55:42.458000Z","id":"e052a341-a7c7-4f90-8d06-7a3ab3e5cc26"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"description":"Builds and ships.","kind":"service-account","name":"ci"}','done');
INSERT INTO "audit" VALUES(1,12,'cf5a7e4359e8b56f7cd2f9b568bba5e6a36da779e70ac9332b25dc209c761d14','86c1caede7acfca5a429b8aa897662cab87b631af51f0b9b00ba6a833a417bbc','2026-11-30T20:55:42.458000Z','`service-account.ci/key/first` created','service-account.ci/key/first','api_key','{"kept":{"api_key/33/first":{"created":"2026-11-30T20:55:42.458000Z","hash":"7b59a2a19ddc8066060b6fc9a3b5e209f44272f606479d89d8650110d3a15bda","id":"9a2f6757-e42c-48ae-88f6-9a18d06f21bb","shown":"pnb_...qT8P"}}}','olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"key","name":"first","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,13,'86c1caede7acfca5a429b8aa897662cab87b631af51f0b9b00ba6a833a417bbc','46501868f46ba8023155ae4d3f8d82d8ed70c07940165c7cb2b66663733a7369','2026-11-30T20:55:42.458000Z','`role.viewer` given to `bo@example.org` (workspace.prod/access/bo@example.org)','workspace.prod/access/bo@example.org','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,14,'46501868f46ba8023155ae4d3f8d82d8ed70c07940165c7cb2b66663733a7369','21414240f32bb5be28bc8cf18fffdd9f14c3f47b1685e0b10a4d72b607fe46d4','2026-11-30T20:55:42.458000Z','`role.reader` given to `cy@example.org` (workspace.prod/access/cy@example.org)','workspace.prod/access/cy@example.org','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["member","cy@example.org"],"roles":[{"role":["role","workspace/reader"],"until":"2099-01-01T00:00:00Z"}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,15,'21414240f32bb5be28bc8cf18fffdd9f14c3f47b1685e0b10a4d72b607fe46d4','3f47a08f31b56867034850b65b4cd3334348de1538b9601c1719585db7558487','2026-11-30T20:55:42.458000Z','`role.runner` given to `sa:ci` (workspace.prod/access/sa:ci)','workspace.prod/access/sa:ci','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["service-account","ci"],"roles":[{"role":["role","workspace/runner"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,16,'3f47a08f31b56867034850b65b4cd3334348de1538b9601c1719585db7558487','a09a706af27ade19784bffda0a7377bc85c4f6ca6b419134af496199dc3293b0','2026-11-30T20:55:42.458000Z','`role.viewer` given to `team:data` (workspace.prod/access/team:data)','workspace.prod/access/team:data','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["team","data"],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","prod"]}','done');
INSERT INTO "audit" VALUES(1,17,'a09a706af27ade19784bffda0a7377bc85c4f6ca6b419134af496199dc3293b0','9dca696fd0bcb9bf33ddde6bc5592b5f25439e553afa7b824d6d6451a017ac1d','2026-11-30T20:55:42.458000Z','`role.oncall` given to `bo@example.org` (workspace.test/access/bo@example.org)','workspace.test/access/bo@example.org','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["member","bo@example.org"],"roles":[{"role":["role","workspace/oncall"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,18,'9dca696fd0bcb9bf33ddde6bc5592b5f25439e553afa7b824d6d6451a017ac1d','82d17bca4342aea1e3b890c64bec6ed87ed498e785d6126daf7a5991936ea330','2026-11-30T20:55:42.458000Z','`role.viewer` given to `everyone` (workspace.test/default_role)','workspace.test/default_role','membership',NULL,'olivia@example.org','','982b73ce-390c-4e0c-9951-114dbbb84eb0','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745',NULL,'{"kind":"binding","principal":["everyone",""],"roles":[{"role":["role","workspace/viewer"]}],"scope":["workspace","test"]}','done');
INSERT INTO "audit" VALUES(1,19,'82d17bca4342aea1e3b890c64bec6ed87ed498e785d6126daf7a5991936ea330','a181c13b7182ae6f64cf3d9d0d8e574377ec9d65dee50cf85725fffa717efa4e','2026-11-30T20:55:52.615000Z','`service-account.ci/key/main` created','service-account.ci/key/main','api_key','{"kept":{"api_key/33/main":{"created":"2026-11-30T20:55:52.615000Z","hash":"8002b3878c61e74aa26ecfcc15b91a473262eb7515b23129e862679608c90633","id":"6eb1698a-cc56-42ea-be93-009f3584262e","shown":"pnb_...OeMM"}}}','olivia@example.org','','870ac561-2f3b-47da-84af-09d63b979574','7624333e4b4fe9de08962361e2caaa4556abb86c6917e2c8639a314e7b53423f',NULL,'{"kind":"key","name":"main","owner":["service-account","ci"],"until":"2099-01-01T00:00:00Z"}','done');
INSERT INTO "audit" VALUES(1,20,'a181c13b7182ae6f64cf3d9d0d8e574377ec9d65dee50cf85725fffa717efa4e','d3aaa1432ea54aeffa547d74420082ddb00b0a923a99f3eaa3e440e2626d4cbc','2026-11-30T20:55:52.615000Z','`team.data` updated','team.data','team',NULL,'olivia@example.org','','870ac561-2f3b-47da-84af-09d63b979574','7624333e4b4fe9de08962361e2caaa4556abb86c6917e2c8639a314e7b53423f','{"kind":"team","members":[{"principal":["member","bo@example.org"]}],"name":"data"}','{"kind":"team","members":[{"principal":["member","bo@example.org"]},{"principal":["member","cy@example.org"]}],"name":"data"}','done');
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
INSERT INTO "audit_count" VALUES(1,'all','','api_key+','2026-11-30T20:55:25.182000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'all','','api_key+','2026-11-30T20:55:42.458000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'all','','api_key+','2026-11-30T20:55:52.615000Z',1,3,19);
INSERT INTO "audit_count" VALUES(1,'all','','membership+','2026-11-30T20:55:42.458000Z',5,5,17);
INSERT INTO "audit_count" VALUES(1,'all','','membership+d','2026-11-30T20:55:42.458000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'all','','role+0','2026-11-30T20:55:42.458000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'all','','service_account+','2026-11-30T20:55:42.458000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'all','','team+','2026-11-30T20:55:42.458000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'all','','team=','2026-11-30T20:55:52.615000Z',1,1,20);
INSERT INTO "audit_count" VALUES(1,'all','','user+00','2026-11-30T20:55:25.182000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'all','','user+00','2026-11-30T20:55:42.458000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'all','','workspace+','2026-11-30T20:55:42.458000Z',2,2,6);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','api_key+','2026-11-30T20:55:25.182000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','api_key+','2026-11-30T20:55:42.458000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','api_key+','2026-11-30T20:55:52.615000Z',1,3,19);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','membership+','2026-11-30T20:55:42.458000Z',5,5,17);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','membership+d','2026-11-30T20:55:42.458000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','role+0','2026-11-30T20:55:42.458000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','service_account+','2026-11-30T20:55:42.458000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','team+','2026-11-30T20:55:42.458000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','team=','2026-11-30T20:55:52.615000Z',1,1,20);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','user+00','2026-11-30T20:55:25.182000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','user+00','2026-11-30T20:55:42.458000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'applier','olivia@example.org','workspace+','2026-11-30T20:55:42.458000Z',2,2,6);
INSERT INTO "audit_count" VALUES(1,'place','','api_key+','2026-11-30T20:55:25.182000Z',1,1,2);
INSERT INTO "audit_count" VALUES(1,'place','','api_key+','2026-11-30T20:55:42.458000Z',1,2,12);
INSERT INTO "audit_count" VALUES(1,'place','','api_key+','2026-11-30T20:55:52.615000Z',1,3,19);
INSERT INTO "audit_count" VALUES(1,'place','','role+0','2026-11-30T20:55:42.458000Z',2,2,4);
INSERT INTO "audit_count" VALUES(1,'place','','service_account+','2026-11-30T20:55:42.458000Z',1,1,11);
INSERT INTO "audit_count" VALUES(1,'place','','team+','2026-11-30T20:55:42.458000Z',1,1,8);
INSERT INTO "audit_count" VALUES(1,'place','','team=','2026-11-30T20:55:52.615000Z',1,1,20);
INSERT INTO "audit_count" VALUES(1,'place','','user+00','2026-11-30T20:55:25.182000Z',1,1,1);
INSERT INTO "audit_count" VALUES(1,'place','','user+00','2026-11-30T20:55:42.458000Z',3,4,10);
INSERT INTO "audit_count" VALUES(1,'place','workspace.prod','membership+','2026-11-30T20:55:42.458000Z',4,4,16);
INSERT INTO "audit_count" VALUES(1,'place','workspace.prod','workspace+','2026-11-30T20:55:42.458000Z',1,1,5);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','membership+','2026-11-30T20:55:42.458000Z',1,1,17);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','membership+d','2026-11-30T20:55:42.458000Z',1,1,18);
INSERT INTO "audit_count" VALUES(1,'place','workspace.test','workspace+','2026-11-30T20:55:42.458000Z',1,1,6);
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
INSERT INTO "binding" VALUES(1,1,14,0,4,NULL,NULL,'5b929e4b-f466-4790-ba7e-c6fe7a6387a8','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',13,NULL);
INSERT INTO "binding" VALUES(1,1,25,0,6,NULL,NULL,'8b1b7daa-1cbe-4942-ad63-1d9fcf01054a','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',24,NULL);
INSERT INTO "binding" VALUES(1,1,29,0,6,NULL,NULL,'de1437e5-607a-4c1c-9d5c-42e9a3efca56','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',28,NULL);
INSERT INTO "binding" VALUES(1,1,31,0,5,NULL,NULL,'2a245f05-d102-4b49-818a-6dca7574367d','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',30,NULL);
INSERT INTO "binding" VALUES(1,1,33,0,6,NULL,NULL,'66842640-aef0-484e-826e-18f92a78cece','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',32,NULL);
INSERT INTO "binding" VALUES(1,21,25,0,8,NULL,NULL,'bab9adbb-1118-43a3-b505-7af5adb3949a','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',35,NULL);
INSERT INTO "binding" VALUES(1,21,27,0,8,NULL,NULL,'d02d51be-9310-47c4-9122-b0c9074737d8','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',38,NULL);
INSERT INTO "binding" VALUES(1,21,29,0,19,NULL,'2099-01-01T00:00:00.000000Z','18241f6d-7b11-4323-9ba2-d4c0d592d1e1','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',36,NULL);
INSERT INTO "binding" VALUES(1,21,33,0,9,NULL,NULL,'fb93f054-d6ff-45c7-88b1-738dc6690c14','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',37,NULL);
INSERT INTO "binding" VALUES(1,23,3,0,8,NULL,NULL,'927b8ed6-777c-4589-85af-4dcd3d3b2d28','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',40,NULL);
INSERT INTO "binding" VALUES(1,23,25,0,17,NULL,NULL,'48d016e4-5f31-407a-a28a-30d83ad0ad7d','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',39,NULL);
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
INSERT INTO "document" VALUES(1,'a8bcb80a-ca89-4de5-8378-dd09beaa527c','key',14,'0cf29bac-74fe-421e-b02d-d24639288e51','{"default":null,"everywhere":true,"maker":null}','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z');
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
INSERT INTO "role" VALUES(1,4,'cea958d7-beda-4345-b9f8-9824601a2847','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,5,'e84467ca-6a86-4784-8c60-8503fc34c28f','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,6,'3bdd3ed8-fb59-4eaf-8eef-74324ad3fe14','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,7,'5da4e842-ddb0-464d-ab0c-fc2d488897a9','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,8,'573ed240-70df-4480-b03a-f6a8fefa9d04','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,9,'c4709f80-d6ae-4796-ab1b-b074d3e1d17c','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,10,'95e4f7d5-af26-419b-b5a3-09ec87e255fd','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,11,'5133b8b8-1e6d-4c92-a964-1f2cfbc4d4c6','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,12,'d7d88d0c-8347-43c8-81f6-b71b6fb575fd','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',3,'',1,NULL);
INSERT INTO "role" VALUES(1,17,'d12e0167-9d51-43ca-9b8e-efd73fa008ef','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',16,'',0,9);
INSERT INTO "role" VALUES(1,19,'6567953b-b111-4bc2-bafb-4506dc410ce9','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',18,'',0,NULL);
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
INSERT INTO "run" VALUES(1,'870ac561-2f3b-47da-84af-09d63b979574','2026-11-30T20:55:52.615000Z','7624333e4b4fe9de08962361e2caaa4556abb86c6917e2c8639a314e7b53423f');
INSERT INTO "run" VALUES(1,'982b73ce-390c-4e0c-9951-114dbbb84eb0','2026-11-30T20:55:42.458000Z','2abca1a74a1883eb715f79b62f33b3423d63ede9d528cee5c1685729feb16745');
INSERT INTO "run" VALUES(1,'init','2026-11-30T20:55:25.182000Z','');
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
INSERT INTO "service_account" VALUES(1,33,'e052a341-a7c7-4f90-8d06-7a3ab3e5cc26','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',32,'cd4df4df-1a04-496b-8594-2f89cfed0ceb','Builds and ships.');
ANALYZE "sqlite_master";
INSERT INTO "sqlite_stat1" VALUES('address','sqlite_autoindex_address_2','1000000 1000000 10000 1');
INSERT INTO "sqlite_stat1" VALUES('address','address','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('api_key','sqlite_autoindex_api_key_3','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('api_key','sqlite_autoindex_api_key_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('api_key','api_key','1000000 1000000 10000 1');
INSERT INTO "sqlite_stat1" VALUES('audit','ix_audit_account_applier_shape_timestamp_seq','1000000 1000000 10000 100 1 1');
INSERT INTO "sqlite_stat1" VALUES('audit','ix_audit_account_place_shape_timestamp_seq','1000000 1000000 10000 100 1 1');
INSERT INTO "sqlite_stat1" VALUES('audit','ix_audit_account_shape_timestamp_seq','1000000 1000000 10000 100 1');
INSERT INTO "sqlite_stat1" VALUES('audit','ix_audit_account_timestamp_seq','1000000 1000000 10000 100');
INSERT INTO "sqlite_stat1" VALUES('audit','ix_audit_account_object_id_timestamp_seq','1000000 1000000 10000 100 1');
INSERT INTO "sqlite_stat1" VALUES('audit','sqlite_autoindex_audit_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('audit','audit','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('audit_count','audit_count','1000000 1000000 10000 100 1 1');
INSERT INTO "sqlite_stat1" VALUES('binding','ix_binding_account_id','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('binding','ix_binding_account_role','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('binding','ix_binding_account_principal','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('binding','binding','1000000 1000000 10000 100 1');
INSERT INTO "sqlite_stat1" VALUES('document','ix_document_account_owner','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('document','sqlite_autoindex_document_2','1000000 1000000 10000 100 1');
INSERT INTO "sqlite_stat1" VALUES('document','document','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('role','ix_role_account_base','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('role','sqlite_autoindex_role_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('role','role','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('role_implied','ix_role_implied_account_implied','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('role_implied','role_implied','1000000 1000000 10000 1');
INSERT INTO "sqlite_stat1" VALUES('role_permission','role_permission','1000000 1000000 10000 1');
INSERT INTO "sqlite_stat1" VALUES('run','run','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('service_account','ix_service_account_account_actor_id','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('service_account','sqlite_autoindex_service_account_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('service_account','service_account','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('team','sqlite_autoindex_team_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('team','team','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('team_member','ix_team_member_account_member','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('team_member','team_member','1000000 1000000 10000 1');
INSERT INTO "sqlite_stat1" VALUES('user','ix_user_account_actor_id','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('user','sqlite_autoindex_user_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('user','user','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('workspace','sqlite_autoindex_workspace_2','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('workspace','workspace','1000000 1000000 1');
INSERT INTO "sqlite_stat1" VALUES('appearance','ix_appearance_account_digest','1000000 1000000 10000');
INSERT INTO "sqlite_stat1" VALUES('appearance','appearance','1000000 1000000 10000 1');
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
INSERT INTO "team" VALUES(1,27,'6ae8af6c-4f5a-42ae-9d20-d7ba8f7e16d9','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:52.615000Z',42,'','');
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
INSERT INTO "team_member" VALUES(1,27,25,'98f534f7-2cef-4c13-90cd-9041152df9b5',NULL,NULL,'2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',NULL);
INSERT INTO "team_member" VALUES(1,27,29,'4296ea18-5c8f-48df-b701-20b9fc85d34d',NULL,NULL,'2026-11-30T20:55:52.615000Z','2026-11-30T20:55:52.615000Z',NULL);
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
INSERT INTO "user" VALUES(1,14,'6e5c7973-88b3-4ad3-bb62-9d957fdbe83c','2026-11-30T20:55:25.182000Z','2026-11-30T20:55:25.182000Z',13,'0bee6839-e0c7-4cda-bbca-177358a3afba','olivia@example.org','active',NULL);
INSERT INTO "user" VALUES(1,25,'5ee64645-7bfa-4bdf-8b86-31e79e48d2e8','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',24,'240da4a5-5eb9-48e7-bf95-e5bb9e4e299b','bo@example.org','active',NULL);
INSERT INTO "user" VALUES(1,29,'a6880cdf-1440-4a89-a1fc-86b085478584','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',28,'343320ea-5dc2-4d2a-a452-435e7318451f','cy@example.org','active',NULL);
INSERT INTO "user" VALUES(1,31,'2d553ea5-a8be-4e5c-99c5-601940a01928','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',30,'9f082377-ad3a-4024-976a-3f8a59eb7f97','dee@example.org','active',NULL);
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
INSERT INTO "workspace" VALUES(1,21,'8274542f-ecc4-419f-b0a2-6fec53c70e7f','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',20,'Production','',0);
INSERT INTO "workspace" VALUES(1,23,'f876bb02-ca5b-4a00-b894-0e2a54b0003f','2026-11-30T20:55:42.458000Z','2026-11-30T20:55:42.458000Z',22,'test','',0);
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
CREATE INDEX ix_appearance_account_digest ON appearance (account, digest);
COMMIT;
