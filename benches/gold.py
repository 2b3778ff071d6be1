#!/usr/bin/env python3
"""Compares `demarche extract` with the project's own gold articles (tests/gold).

usage: benches/gold.py [-v [-e] [-p]] [-u] [--ext=rules]
-v lists misses and wrong speakers and holders, -e inexact contents, -p false alarms; -u: the unseen part.
"""
import json,os,subprocess,sys,re
ROOT=os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN=ROOT+'/target/release/demarche'
verbose='-v' in sys.argv; unseen='-u' in sys.argv
W=re.compile(r"\w+(?:['’]\w+)*")
tot=dict(n=0,found=0,exact=0,src=0,spk=0,hold=0,pred=0,hd=0,hdok=0,named=0,namedok=0,prede=0)
kinds={}
for path in [ROOT+'/tests/gold/samples.jsonl',ROOT+'/tests/gold/wire.jsonl']:
    for l in open(path):
        g=json.loads(l)
        if bool(g.get('unseen'))!=unseen: continue
        ext=[x for x in sys.argv[1:] if x.startswith('--ext=')]
        ext=['--extractor',ext[0][6:]] if ext else []
        out=subprocess.run([BIN,'extract','-','--input','txt','-f','jsonl','-q']+ext,input=g['text'],capture_output=True,text=True).stdout
        P=[json.loads(x) for x in out.splitlines()]
        t=g['text']
        toks=[m.span() for m in W.finditer(t)]
        ids=lambda spans:frozenset(i for i,(a,b) in enumerate(toks) if any(a<e and s<b for s,e in spans))
        pi=[ids(p['quotation']['content']) for p in P]
        used=set()
        tot['pred']+=len(P)
        for a in g['attributions']:
            gi=ids(a['content'])
            best=max(((len(gi&q)/max(1,len(gi|q)),j) for j,q in enumerate(pi) if j not in used),default=(0,None))
            k=kinds.setdefault(a['kind'],[0,0,0]); k[0]+=1; tot['n']+=1
            show=lambda s:' / '.join(t[x:y] for x,y in s)
            if best[0]<0.5:
                if verbose: print('MISS',g['id'],a['kind'],show(a['content'])[:130],'|',a['cue'] and t[a['cue'][0]:a['cue'][1]],'|',a['source'] and t[a['source'][0]:a['source'][1]])
                continue
            j=best[1]; used.add(j); p=P[j]
            k[1]+=1; tot['found']+=1; ex=gi==pi[j]; k[2]+=ex; tot['exact']+=ex
            spk=(p['speaker']['name'] or '').lower(); gs=(a['speaker'] or '').lower()
            if a['speaker']:
                tot['named']+=1
                ok=spk==gs or spk.replace('the ','')==gs
                tot['namedok']+=ok
                if not ok and verbose: print('SPK',g['id'],repr(p['speaker']['name']),repr(p['speaker']['description']),'gold',a['speaker'],'|src',p['source'] and p['source']['text'],'| gold src',a['source'] and t[a['source'][0]:a['source'][1]],'|',show(a['content'])[:60])
            gh=a['holder']; differs = gh is not None and gh!=a['speaker']
            ph=p['holder']
            if differs:
                tot['hd']+=1; ok=(ph['name'] or '').lower()==gh.lower(); tot['hdok']+=ok
                if not ok and verbose: print('HOLD',g['id'],ph,'gold',gh,'|',show(a['content'])[:90])
            elif not ph['same_as_speaker'] and verbose: print('HOLDX',g['id'],ph,'speaker',a['speaker'],'|',show(a['content'])[:90])
            if ex==False and verbose and '-e' in sys.argv: print('EXACT',g['id'],'\n   ',p['quotation']['text'][:150],'\n   ',show(a['content'])[:150])
        if verbose and '-p' in sys.argv:
            for j,p in enumerate(P):
                if j not in used: print('FALSE',g['id'],p['quotation']['kind'],p['quotation']['text'][:110],'|',p['cue'] and p['cue']['text'],'|',p['source'] and p['source']['text'])
print(tot); print('kinds n,found,exact',kinds)
