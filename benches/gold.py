#!/usr/bin/env python3
"""Compares `demarche extract` with gold articles: the project's own (tests/gold), or those of --gold.

usage: benches/gold.py [--gold FILE]... [-v] [-e] [-p] [-t] [-r] [-u] [--per-file] [-- further arguments of extract]
--gold FILE   JSONL with id, text, attributions (tests/gold/README.md); may be given several times
The confidence is compared with whether the content is in the gold.
-v lists misses and wrong speakers, descriptions and holders, -e inexact contents, -p false alarms, -t targets,
-r roles, organizations and countries (given where the gold has another: "wrong", where it has none: "where none"); -u: the unseen part of tests/gold/wire.jsonl
"""
import gzip, json, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get('DEMARCHE', ROOT + '/target/release/demarche')
args = sys.argv[1:]
more = args[args.index('--') + 1:] if '--' in args else []
args = args[:args.index('--')] if '--' in args else args
files = [args[i + 1] for i, a in enumerate(args) if a == '--gold']
more += [x for a in args if a.startswith('--ext=') for x in ('--extractor-model', a[6:])]
verbose, unseen = '-v' in args, '-u' in args
WORD = re.compile(r"\w+(?:['’]\w+)*")
# The gold's words for roles by the extractor's closed set of classes (src/lang/mod.rs, RoleClass, and what home.rs names of
# bodies): its writers used a loose vocabulary, each class of it may be one of several here.
MEANS = {
    'minister': 'minister', 'head of state': 'head of state', 'head of government': 'head of government', 'diplomat': 'diplomat',
    'spokesperson': 'spokesperson', 'legislative leader': 'legislative leader', 'legislator': 'legislator', 'military': 'military',
    'party leader': 'party leader', 'party politician': 'party leader|candidate', 'lawyer': 'lawyer', 'judge': 'judiciary',
    'politician': 'minister|legislator|party leader|candidate|legislative leader|regional leader', 'prosecutor': 'judiciary|lawyer',
    'official': 'official|igo official|central banker|unnamed source', 'international official': 'igo official|official|diplomat',
    'local official': 'regional leader|official', 'mayor': 'regional leader', 'head of regional government': 'regional leader|head of government',
    'executive': 'business', 'company': 'institution', 'business leader': 'business', 'investor': 'business', 'trader': 'business|expert',
    'lobbyist': 'business|activist', 'scientist': 'expert', 'academic': 'expert', 'analyst': 'expert', 'expert': 'expert|medical',
    'union': 'union', 'union leader': 'union', 'party': 'party|party leader', 'police': 'police', 'activist': 'activist', 'aid worker': 'activist',
    'religious': 'religious', 'clergy': 'religious', 'athlete': 'sport', 'sports official': 'sport', 'journalist': 'journalist',
    'media': 'institution|journalist', 'institution': 'institution|document|police', 'government': 'government|institution',
    'local government': 'government|institution', 'document': 'document', 'citizen': 'civilian|culture|medical|business', 'witness': 'civilian|medical|expert|police',
    'defendant': 'civilian', 'student': 'civilian|expert', 'pilot': 'civilian', 'doctor': 'medical|expert', 'artist': 'culture',
}
# Of a body that speaks itself the extractor says "institution" where the gold says what its people are.
BODIES = {'investor', 'lobbyist', 'activist', 'aid worker', 'military', 'police', 'local government', 'analyst', 'expert'}
# Words of organizations that say the same, and those that say nothing.
SAME = {'ministry': 'department', 'ministries': 'department', 'office': 'department', "centre": 'center', 'defence': 'defense',
        'labour': 'labor', 'organisation': 'organization'}
EMPTY = {'of', 'the', 'for', 'and', 'a', 'an', 'in', 'on', '&', 'to', 's'}
FORMS = {'ltd', 'plc', 'inc', 'ab', 'gmbh', 'corp', 'co', 'llc', 'ag', 'sa', 'limited'}


def country_words():
    """Words that name a country or belong to one, from the extractor's table."""
    with open(ROOT + '/src/lang/en/countries.rs', encoding='utf-8') as f:
        rows = re.findall(r'^    c\("[A-Z]{2}", (.*)\),$', f.read(), re.M)
    return {w for row in rows for term in re.findall(r'"([^"]+)"', row) for w in term.split()} - {'and', 'of', 'the', 'republic', 'national', 'north', 'south'}


COUNTRIES = country_words()


def body_words(name):
    """What an organization's name says: without articles, genitives, legal forms and countries."""
    words = [re.sub(r"('s?|\.)$", '', w) for w in re.findall(r"[\w&.-]+(?:'\w*)?", folded(name))]
    rest = [SAME.get(w, w) for w in words if w not in EMPTY and w not in FORMS and w not in COUNTRIES]
    return rest or words


def same_body(mine, gold, text):
    """Whether two names mean one body: the same words in any order, more of them, or the initials of the other."""
    a, b = body_words(mine), body_words(gold)
    if set(a) >= set(b):
        return True
    initials = lambda name: ''.join(w[0] for w in re.findall(r"\w+", name) if w.lower() not in EMPTY or w[0].isupper()).lower()
    letters = lambda words: re.sub(r'\W', '', ''.join(words))
    if len(letters(a)) > 1 and letters(a) in (initials(gold), initials(gold.removeprefix('the ').removeprefix('The '))) or len(letters(b)) > 1 and letters(b) == initials(mine):
        return True
    # "the Long Name Union (LNU)"
    beside = lambda full, short: f'{full} ({short})' in text
    return beside(mine, gold) or beside(gold, mine)


def same_role(mine, gold, speaker, organization):
    """Whether a class of the extractor means a role of the gold."""
    itself = folded(speaker) in (folded(organization), folded(organization) + 's') if speaker and organization else False
    return folded(mine) == folded(gold) or mine in MEANS.get(gold, '').split('|') or itself and mine == 'institution' and gold in BODIES


def folded(name):
    name = re.sub(r"\s+", ' ', (name or '').lower().replace('’', "'").replace('“', '"').replace('”', '"')).strip()
    return re.sub(r"^(the|a|an) ", '', name)


def share(part, whole):
    return f'{part}/{whole} {100 * part / whole:.1f}' if whole else f'{part}/{whole}'


def same_target(a, b):
    """The same words, or one inside the other (the gold gives the shortest noun phrase)."""
    a, b = folded(a).split(), folded(b).split()
    return a == b or a and b and (' '.join(a) in ' '.join(b) or ' '.join(b) in ' '.join(a))


def single(spans):
    """The only or first of the spans; PolNeAR has lists of them."""
    return (spans[0] if spans and isinstance(spans[0], list) else spans) or None


def normal(g):
    for a in g['attributions']:
        a['cue'], a['source'] = single(a.get('cue')), single(a.get('source'))
        for key in ('speaker', 'description', 'holder', 'role', 'organization', 'country', 'target'):
            a.setdefault(key, None)
        a['holder'] = a['holder'] or a['speaker']
    return g


sureness = []  # (confidence, whether the content is in the gold)


def ece(pairs, n_bins=10):
    """Expected calibration error over bins of equal size: mean distance between confidence and share right."""
    pairs, error = sorted(pairs), 0.0
    for k in range(n_bins):
        part = pairs[k * len(pairs) // n_bins:(k + 1) * len(pairs) // n_bins]
        if part:
            error += abs(sum(p for p, _ in part) - sum(r for _, r in part))
    return error / max(1, len(pairs))


class Count:
    def __init__(self):
        self.n = {}

    def __call__(self, key, by=1):
        self.n[key] = self.n.get(key, 0) + by

    def __getitem__(self, key):
        return self.n.get(key, 0)

    def add(self, other):
        for k, v in other.n.items():
            self(k, v)

    def show(self):
        c = self
        answers = lambda k: f"{k} {share(c[k + ' ok'], c[k])} wrong {c[k + ' x']} where none {c[k + ' none']}"
        kinds = ', '.join(f"{k} {share(c['found', k], c['n', k])} (exact {c['exact', k]})" for k in ('direct', 'mixed', 'indirect'))
        f1 = 200 * c['found'] / max(1, c['n'] + c['pred'])
        print(f"attributions {c['n']}, found {share(c['found'], c['n'])}, exact {share(c['exact'], c['n'])}, predicted {c['pred']}, "
              f"false alarms {c['pred'] - c['found']}, F1 {f1:.1f}")
        print(f"  {kinds}")
        print(f"  speaker, of the named found {share(c['spk ok'], c['spk'])}, of all named {share(c['spk ok'], c['named'])}; "
              f"description {share(c['desc ok'], c['desc'])}; source overlap {share(c['src ok'], c['src'])}")
        print(f"  holder another {share(c['hold ok'], c['hold'])}, wrongly another {c['hold x']}; "
              f"{answers('role')}; {answers('org')}; {answers('country')}")
        print(f"  target in gold {c['target']}, given {c['target given']} (where gold has one {c['target both']}), right {share(c['target ok'], c['target both'])}, "
              f"right of all given {share(c['target ok'], c['target given'])}")


def measure(path):
    c = Count()
    for line in (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8'):
        g = normal(json.loads(line))
        if bool(g.get('unseen')) != unseen:
            continue
        t, name = g['text'], g['id']
        out = subprocess.run([BIN, 'extract', '-', '--input', 'txt', '-f', 'jsonl', '-q'] + more, input=t, capture_output=True, text=True).stdout
        P = [json.loads(x) for x in out.splitlines()]
        tokens = [m.span() for m in WORD.finditer(t)]
        ids = lambda spans: frozenset(i for i, (a, b) in enumerate(tokens) if any(a < e and s < b for s, e in spans))
        found = [ids(p['quotation']['content']) for p in P]
        show = lambda spans: ' / '.join(t[x:y] for x, y in spans)
        c('pred', len(P))
        pairs = []
        for i, a in enumerate(g['attributions']):
            want = ids(a['content'])
            for j, q in enumerate(found):
                both = len(want & q)
                if both and 2 * both >= len(want | q):
                    pairs.append((-both / len(want | q), i, j))
        match, used = {}, set()
        for _, i, j in sorted(pairs):
            if i not in match and j not in used:
                match[i] = j
                used.add(j)
        for i, a in enumerate(g['attributions']):
            kind = a.get('kind') or 'indirect'
            c('n'), c(('n', kind)), c('named', bool(a['speaker']))
            source = a['source'] and t[slice(*a['source'])]
            if i not in match:
                if verbose:
                    print('MISS', name, kind, show(a['content'])[:130], '|', a['cue'] and t[slice(*a['cue'])], '|', source)
                continue
            p = P[match[i]]
            lead = lambda s: frozenset(x for x in s if not (x == min(s) and t[slice(*tokens[x])].lower() == 'that'))
            exact = lead(ids(a['content'])) == lead(found[match[i]])
            c('found'), c(('found', kind)), c('exact', exact), c(('exact', kind), exact)
            if not exact and '-e' in args:
                print('EXACT', name, '\n   ', p['quotation']['text'][:190], '\n   ', show(a['content'])[:190])
            s = p['speaker']
            if a['source']:
                c('src'), c('src ok', bool(p['source'] and p['source']['start'] < a['source'][1] and a['source'][0] < p['source']['end']))
            if a['speaker']:
                ok = folded(s['name']) == folded(a['speaker'])
                c('spk'), c('spk ok', ok)
                if not ok and verbose:
                    print('SPK', name, repr(s['name']), repr(s['description']), 'gold', repr(a['speaker']), '| src', p['source'] and repr(p['source']['text']),
                          '| gold src', repr(source), '|', show(a['content'])[:60])
            elif a['description']:
                ok = not s['name'] and folded(s['description']) == folded(a['description'])
                c('desc'), c('desc ok', ok)
                if not ok and verbose:
                    print('DESC', name, repr(s['name']), repr(s['description']), 'gold', repr(a['description']), '| gold src', repr(source))
            holder, h = a['holder'], p['holder']
            if holder is not None and holder != a['speaker']:
                ok = folded(h['name']) == folded(holder) and not h['same_as_speaker']
                c('hold'), c('hold ok', ok)
                if not ok and verbose:
                    print('HOLD', name, h, 'gold', holder, '|', show(a['content'])[:90])
            elif not h['same_as_speaker']:
                c('hold x')
                if verbose:
                    print('HOLDX', name, h, 'speaker', a['speaker'], '|', show(a['content'])[:90])
            for key, mine, gold in (('role', s['role'], a['role']), ('org', s['organization'], a['organization']), ('country', s['country'], a['country'])):
                if gold:
                    ok = bool(mine) and (folded(mine) == folded(gold) or key == 'role' and same_role(mine, gold, a['speaker'], a['organization'])
                                         or key == 'org' and same_body(mine, gold, t))
                    c(key), c(key + ' ok', ok), c(key + ' x', bool(mine) and not ok)
                    if not ok and '-r' in args:
                        print(key.upper(), 'WRONG' if mine else 'none', name, repr(mine), 'gold', repr(gold), '|', a['speaker'] or a['description'], '|', source)
                elif mine:
                    c(key + ' none')
                    if '-r' in args:
                        print(key.upper(), 'EXTRA', name, repr(mine), '|', a['speaker'] or a['description'], '|', source)
            gold, mine = a.get('target'), p['target']
            c('target', bool(gold)), c('target given', bool(mine)), c('target both', bool(gold and mine))
            ok = bool(gold and mine and same_target(gold, mine))
            c('target ok', ok)
            if '-t' in args and not ok and (gold or mine):
                print('TARGET', name, repr(mine), 'gold', repr(gold), '|', show(a['content'])[:160])
        sureness.extend((p['confidence'], j in used) for j, p in enumerate(P))
        if '-p' in args:
            for j, p in enumerate(P):
                if j not in used:
                    print('FALSE', name, p['quotation']['kind'], p['quotation']['text'][:110], '|', p['cue'] and p['cue']['text'], '|',
                          p['source'] and p['source']['text'], '|', round(p['confidence'], 2))
    return c


total = Count()
for path in files or [ROOT + '/tests/gold/samples.jsonl', ROOT + '/tests/gold/wire.jsonl']:
    one = measure(path)
    total.add(one)
    if '--per-file' in args:
        print(os.path.basename(path))
        one.show()
total.show()
print(f"  confidence {100 * sum(p for p, _ in sureness) / max(1, len(sureness)):.1f}, right {100 * sum(r for _, r in sureness) / max(1, len(sureness)):.1f}, "
      f"expected calibration error {100 * ece(sureness):.1f}")
