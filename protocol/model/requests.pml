/* kill and retry against a trial that runs, ends, and runs again as a new incarnation. Chapters 2.5, 5 and 6.
 *
 * A watcher that is killed anywhere, or sleeps before its acts while the next one goes on from the journal; a scheduler
 * that may start a job a second time, also late. A script ends well, or badly, or waits for a TERM. `key` numbers the
 * attempts of all incarnations. */
#ifndef FAULTS
#define FAULTS 1                 /* a watcher is killed, or sleeps; a job is started twice */
#endif
#define KEYS (FAULTS + 2)
#define fault() faults > 0 -> faults--

byte faults = FAULTS;

#define LIVE     0               /* states of the trial */
#define FAILED   1
#define KILLED   2
#define COMPLETE 3

/* files */
bool kill, retry, marker, claims_there;
bool gate[3];                    /* by incarnation */
byte claim[KEYS + 1];            /* 1: void, 2: taken */
byte event[KEYS + 1];            /* 1: ended badly, 2: well, without marker, 3: well; 4: not started */
byte inc[KEYS + 1];              /* incarnation, as the name of a claim tells it */
byte outcome, outcome_of;        /* of which incarnation, as its seq tells it */

typedef Ledger { byte incarnation, state, key; bool killing, submitted, settled };
Ledger disk;

/* the scheduler */
byte listed[KEYS + 1];
bool term[KEYS + 1];

/* only for the properties */
byte starts[KEYS + 1];
bool kill_is_last, own_marker[KEYS + 1], complete_was_told, late;

inline copy(to, from) {
    d_step {
        to.incarnation = from.incarnation; to.state = from.state; to.key = from.key;
        to.killing = from.killing; to.submitted = from.submitted; to.settled = from.settled
    }
}

#ifdef NO_LATER_GATE             /* 6.34: OLD_ONES_DO_NOT_START */
#define later_gate(n) false
#else
#define later_gate(n) (n == 1 && gate[2])
#endif

proctype Wrapper(byte key, n) {
    atomic {
        if
        :: claims_there && claim[key] == 0 -> claim[key] = 2
        :: else -> goto gone
        fi
    };
    /* The looks and the start are one step: a wrapper that is stopped in between for as long as a retry takes would not
     * be stopped by them. */
    atomic {
        if
        :: gate[n] && !later_gate(n) && outcome == LIVE
        :: else -> event[key] = 4; goto gone
        fi;
        starts[key]++;
        assert(starts[key] == 1);                        /* ONE_START */
        assert(!complete_was_told);                      /* COMPLETE_STAYS_COMPLETE */
        assert(disk.incarnation == n && disk.state == LIVE)  /* OLD_ONES_DO_NOT_START */
    };
    if
    :: event[key] = 1
    :: event[key] = (marker -> 3 : 2)
    :: atomic { marker = true; own_marker[key] = true }; event[key] = 3
    :: true -> end_wait: term[key] -> event[key] = 1
    fi;
gone:
    listed[key]--
}

inline may_die() { if :: true :: atomic { fault() -> goto begin } fi }

#ifdef NO_REFUSAL                /* 5.5: COMPLETE_STAYS_COMPLETE */
#define refused false
#else
#define refused (m.state == COMPLETE)
#endif

/* 5.6: kill before retry; an exit is booked before both are looked for again */
inline judge() {
    if
    :: m.state == LIVE && m.submitted && event[m.key] ->
        m.submitted = false;
        if
        :: m.killing -> m.state = KILLED
        :: !m.killing && event[m.key] == 3 ->
            assert(own_marker[m.key]);                   /* MARKERS_ARE_OWN */
            m.state = COMPLETE
        :: !m.killing && event[m.key] == 4               /* excused, 2.4: another attempt */
        :: else -> m.state = FAILED
        fi
    :: m.state == LIVE && m.submitted && !event[m.key] && !seen && claim[m.key] != 2 ->
        claims_there = true; claim[m.key] = 1; m.submitted = false   /* 6.7 */
    :: else
    fi;
    if :: saw_kill && m.state == LIVE -> m.killing = true :: else fi;
    if
    :: saw_retry && m.state != LIVE && !refused && m.incarnation < 2 ->
#ifndef NO_MARKER_REMOVAL        /* 6.24: MARKERS_ARE_OWN */
        marker = false;
#endif
        m.incarnation++; m.state = LIVE; m.killing = false; m.settled = false; reopened = true
    :: else
    fi;
    fresh = false;
    if
    :: m.state == LIVE && !m.submitted && m.killing -> m.state = KILLED
    :: m.state == LIVE && !m.submitted && !m.killing && m.key < KEYS -> m.key++; inc[m.key] = m.incarnation; m.submitted = true; fresh = true
    :: else
    fi
}

/* 7.4, step 5. A late one, of an owner that slept, may come at any time. */
inline submit(k, n) {
    if :: outcome != LIVE && outcome_of >= n -> goto acted :: else fi;
    claims_there = true;
    atomic { if :: claims_there -> gate[n] = true :: else -> goto acted fi };   /* closed by a late one just now */
#ifndef NO_OUTCOME_ASIDE         /* 6.24: A_RETRY_RUNS */
    atomic {                     /* 6.24: only when the gate is open */
        if
#ifdef NO_ASIDE_AGAIN            /* 6.24: A_RETRY_RUNS, only in the round in which the retry was taken */
        :: outcome_of < n && reopened -> outcome = LIVE; outcome_of = 0
#else
        :: outcome_of < n -> outcome = LIVE; outcome_of = 0
#endif
        :: outcome_of >= n -> goto acted
        :: else
        fi
    };
#endif
    atomic {
        listed[k]++; run Wrapper(k, n);
        if :: true :: fault() -> listed[k]++; run Wrapper(k, n) fi  /* a second one */
    }
}

#ifdef NO_OWN_INCARNATION        /* 6.5: A_RETRY_RUNS */
#define later(a, b) false
#else
#define later(a, b) (a > b)
#endif

inline settle(verdict, n) {
    atomic {
        if
#ifndef NO_NEWER_OUTCOME         /* 3.3, 7.4: ENDED_STAYS_ENDED */
        :: outcome != LIVE && outcome_of > n   /* the next owner's */
#endif
        :: outcome != LIVE && outcome_of == n -> assert(outcome == verdict)  /* ENDED_STAYS_ENDED */
        :: else ->
            assert(outcome == LIVE || outcome_of < n);  /* ENDED_STAYS_ENDED */
            outcome = verdict; outcome_of = n; complete_was_told = complete_was_told || verdict == COMPLETE
        fi
    };
    gate[1] = gate[1] && later(1, n); gate[2] = gate[2] && later(2, n);
    do
    :: atomic { claims_there -> for (i : 1 .. KEYS) { claim[i] = (later(inc[i], n) -> claim[i] : 0) }; i = 0 };
        atomic {                 /* rmdir; a late wrapper may have come in between */
            for (i : 1 .. KEYS) { if :: claim[i] -> break :: else fi };
            if
            :: i > KEYS && !gate[1] && !gate[2] -> claims_there = false
            :: i <= KEYS && later(inc[i], n) -> break
            :: i > KEYS && (gate[1] || gate[2]) -> break
            :: else
            fi;
            i = 0
        }
    :: !claims_there -> break
    od;
    i = 0
}

proctype Sleeper(byte key, incarnation, state; bool fresh) {
    byte i;
    bool reopened;
    late = true;
    if
    :: fresh -> submit(key, incarnation)
    :: else -> settle(state, incarnation)
    fi;
acted:
    i = 0
}

#define owes() (m.state == LIVE && !m.submitted && (m.key < KEYS || m.killing) || m.state != LIVE && !disk.settled || m.killing && m.submitted && !term[m.key])
#define news() (kill || retry || m.state == LIVE && m.submitted && (event[m.key] || listed[m.key] == 0))

active proctype Watcher() {
    byte i, job, number, verdict;
    bool saw_kill, saw_retry, seen, fresh, reopened;
    Ledger m;
begin:
    copy(m, disk);
    atomic { if :: m.incarnation == 0 -> m.incarnation = 1 :: else fi; reopened = false };
end_round:
    atomic { news() || owes() -> seen = listed[m.key] > 0; saw_kill = kill; saw_retry = retry };
    atomic { judge() };
#ifdef NO_JOURNAL_FIRST          /* 5.3: A_KILL_ENDS_IT */
    if :: saw_kill -> kill = false :: else fi;
    if :: saw_retry -> retry = false :: else fi;
#endif
    may_die();
    copy(disk, m);               /* the commit */
    may_die();
    if
    :: true
    :: atomic {                  /* taken for dead */
        (fresh || m.state != LIVE && !m.settled) && faults > 0 ->
        faults--; run Sleeper(m.key, m.incarnation, m.state, fresh); goto begin }
    fi;
    if
    :: fresh -> job = m.key; number = m.incarnation; submit(job, number)
    :: m.killing && m.submitted ->
        term[m.key] = true;
        atomic {
            if
            :: claims_there && claim[m.key] == 0 -> claim[m.key] = 1; m.submitted = false
            :: else
            fi
        }
    :: m.state != LIVE && !m.settled -> verdict = m.state; number = m.incarnation; settle(verdict, number); m.settled = true
    :: else
    fi;
acted:
    atomic { job = 0; number = 0; verdict = 0 };
    may_die();
#ifndef NO_JOURNAL_FIRST
    if :: saw_kill -> kill = false :: else fi;
    if :: saw_retry -> retry = false :: else fi;
#endif
    goto end_round
}

/* Asks for each once, in either order; a kill after a retry: 5.18. */
active proctype Client() {
    bool done_kill, done_retry;
    do
    :: !done_retry && disk.settled -> atomic { retry = true; done_retry = true; kill_is_last = false }
    :: !done_kill ->
#ifndef NO_RETRY_REMOVAL         /* 5.18: A_KILL_ENDS_IT */
        retry = false;
#endif
        atomic { kill = true; done_kill = true; kill_is_last = true }
    :: done_kill -> break
    od
}

init {
    timeout;
    assert(disk.state != LIVE || !kill_is_last);         /* A_KILL_ENDS_IT */
    assert(!kill && !retry);                             /* A_KILL_ENDS_IT */
    assert(disk.state != LIVE || disk.submitted);        /* A_RETRY_RUNS */
    assert(disk.state == LIVE || outcome == disk.state);                       /* ENDED_STAYS_ENDED */
    assert(late || disk.state == LIVE || (!claims_there && !gate[1] && !gate[2]))  /* NOTHING_IS_LEFT */
}
