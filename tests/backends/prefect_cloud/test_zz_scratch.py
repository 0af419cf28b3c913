import copy, json
from datetime import timedelta
import httpx
import pytest
from rbac_sync import pipeline
from rbac_sync.errors import RbacSyncError
from .cloud import NOW
from . import cloud as cl

CONF='''
[backend]
type="prefect-cloud"
account="acme"
[manage]
members="all"
teams="all"
roles="all"
workspaces="all"
access="all"
service_accounts="all"
[members]
owner=["olivia@example.org"]
admin=["ada@example.org"]
member=["bo@example.org","cy@example.org","sa:ci","sa:etl"]
[service_accounts.ci]
[service_accounts.etl]
[teams.ops]
members=["bo@example.org","sa:ci"]
[roles.reader]
permissions=["see_flows"]
[workspaces.prod]
name="prod"
[workspaces.prod.access]
owner=["bo@example.org"]
reader=["cy@example.org","sa:etl"]
viewer=["team:ops"]
[workspaces.test]
name="test"
default_role="viewer"
access={runner=["cy@example.org"]}
'''
def build(cloud):
    a=cloud.member("ada@example.org","Admin"); b=cloud.member("bo@example.org"); c=cloud.member("cy@example.org")
    ci=cloud.bot("ci"); etl=cloud.bot("etl")
    t=cloud.team("ops",b,ci); cloud.custom_role("reader","see_flows")
    p=cloud.workspace("prod"); q=cloud.workspace("test",default_workspace_role_id=cloud.workspace_role("Viewer"))
    cloud.grant(p,b,"Owner"); cloud.grant(p,c,"reader"); cloud.grant(p,etl,"reader"); cloud.grant(p,t,"Viewer"); cloud.grant(q,c,"Runner")
def run(cloud,backend,conf):
    try:
        rev=pipeline.plan(conf,backend,pipeline.RunOptions())
        ch=[f"{c.action} {c.address}" for c in rev.plan.changes]
        return 'PLAN',ch,[f"{f.rule}" for f in rev.findings],len(rev.context.horizon.reasons)
    except RbacSyncError as e:
        return 'ERR',type(e).__name__,str(e)[:150]
def muts(rows, cloud):
    ids={k:[r['id'] for r in v] for k,v in cloud.rows.items()}
    unknown='00000000-0000-0000-0000-00000000ffff'
    for i,r in enumerate(rows[:2]+rows[-1:]):
        def M(f,n):
            rs=copy.deepcopy(rows); x=next(y for y in rs if y['id']==r['id']); f(rs,x); return f'row{i}.{n}',rs
        yield M(lambda rs,x: rs.remove(x),'dropped')
        yield M(lambda rs,x: rs.append(copy.deepcopy(x)),'twice')
        def dup(rs,x):
            y=copy.deepcopy(x); y['id']=unknown; rs.append(y)
        yield M(dup,'twice, other id')
        for k,v in r.items():
            if isinstance(v,str):
                yield M(lambda rs,x,k=k: x.__setitem__(k,v.upper() if v!=v.upper() else v.lower()),f'{k} case')
                yield M(lambda rs,x,k=k: x.__setitem__(k,v+' '),f'{k} space')
                yield M(lambda rs,x,k=k: x.__setitem__(k,''),f'{k} empty')
                if k.endswith('id') and k!='id' :
                    for other in {k2:v2[-1] for k2,v2 in ids.items() if v2}.items():
                        yield M(lambda rs,x,k=k,o=other: x.__setitem__(k,o[1]),f'{k} of {other[0][:24]}')
                    yield M(lambda rs,x,k=k: x.__setitem__(k,cloud.account),f'{k} account')
            if v is None and k.endswith('id'):
                yield M(lambda rs,x,k=k: x.__setitem__(k,unknown),f'{k} unknown')
            if isinstance(v,list):
                yield M(lambda rs,x,k=k: x.__setitem__(k,[]),f'{k} []')
                if v: yield M(lambda rs,x,k=k: x[k].append(copy.deepcopy(x[k][0])),f'{k} twice')
            if v is not None: yield M(lambda rs,x,k=k: x.__setitem__(k,None),f'{k} null')
            yield M(lambda rs,x,k=k: x.pop(k),f'{k} absent')
            if isinstance(v,bool): yield M(lambda rs,x,k=k: x.__setitem__(k,not v),f'{k} flip')
def test_lies(cloud, service, tmp_path, monkeypatch):
    build(cloud)
    (tmp_path/'c').mkdir(); (tmp_path/'c'/'rbac.toml').write_text(CONF)
    conf=pipeline.load(tmp_path/'c')
    base=run(cloud,cloud.backend(tmp_path),conf)
    print('BASE',base)
    out=open('/tmp/attack/p/lies.out','w')
    paths={}
    def see(m,p,r):
        if p.endswith('/filter') and r.status_code==200: paths[p]=r.json()
        return r
    cloud.after=see; run(cloud,cloud.backend(tmp_path),conf)
    cloud.after=lambda m,p,r:r
    for p,rows in list(paths.items()):
        if not isinstance(rows,list) or not rows: continue
        for n,rs in muts(rows,cloud):
            def lie(m,q,r,p=p,rs=rs):
                if q==p and r.status_code==200:
                    return httpx.Response(200,json=rs)
                return r
            cloud.after=lie
            try: res=run(cloud,cloud.backend(tmp_path),conf)
            except Exception as e: res=('CRASH',repr(e)[:200])
            out.write(f'{p[:40]} | {n} | {res if res!=base else "same as honest"}\n'); out.flush()
