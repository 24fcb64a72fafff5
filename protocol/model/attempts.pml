/* One trial of one stage: watchers that take over, a scheduler that lies, wrappers that die. Chapters 6 and 7.
 *
 * A watcher that is killed is one that is never seen again: another takes over, and the one before may wake up or
 * not. What goes well is not bounded, what goes wrong is. */
#ifndef FAULTS
#define FAULTS 1                 /* of scheduler and jobs */
#endif
#ifndef RIVALS
#define RIVALS 1                 /* watchers that take over */
#endif
#define ATTEMPTS (FAULTS + RIVALS + 1)
#define EPOCHS (2 * RIVALS + 2)
#define fault() faults > 0 -> faults--

byte faults = FAULTS, rivals = RIVALS;

/* states of an attempt in a journal */
#define SUBMITTED 1
#define DONE      2
#define VOIDED    3
#define LOST      4
/* content of a claim; 0: not there */
#define VOID  1
#define TAKEN 2

/* the trial's files */
bool claims_there, gate;
byte claim[ATTEMPTS + 1];
bool event[ATTEMPTS + 1];        /* x in the spool */
byte inode;                      /* what has the trial's name now */
byte result[ATTEMPTS + 1];         /* result.json, by inode of its directory: the attempt that wrote it last */
byte outcome;                    /* outcome.json: the attempt whose result it tells */

/* the journal; a segment is named by its epoch */
typedef Ledger {
    byte last;                   /* attempts opened */
    byte state[ATTEMPTS + 1];
    byte ended;                  /* the value of the last word */
    byte inode;
    bool aside, settled          /* quarantine: the directory must be set aside; outcome and claims are done */
};
Ledger disk[EPOCHS + 1];
byte length[EPOCHS + 1];         /* commits after the head */
byte sealed[EPOCHS + 1];         /* what the head was written from */
byte epoch;                      /* the newest */

/* the scheduler */
byte queued[ATTEMPTS + 1], listed[ATTEMPTS + 1];
#define shows(a) (queued[a] + listed[a] > 0)

/* only for the properties */
byte starts[ATTEMPTS + 1], alive[ATTEMPTS + 1];
bool given_up[ATTEMPTS + 1], told[ATTEMPTS + 1], lost[ATTEMPTS + 1], too_late;

inline copy(to, from) {
    d_step {
        to.last = from.last; to.ended = from.ended; to.inode = from.inode; to.aside = from.aside; to.settled = from.settled;
        for (i : 1 .. ATTEMPTS) { to.state[i] = from.state[i] };
        i = 0
    }
}

/* 6.33, 6.34 */
proctype Wrapper(byte a) {
    byte here = inode;
    bool shown = true;           /* the scheduler lists it */
    atomic {
        if
        :: claims_there && claim[a] == 0 -> claim[a] = TAKEN
#ifdef NO_EXCLUSIVE_CLAIM        /* 6.33, one start */
        :: claims_there && claim[a] == TAKEN -> skip
#endif
        :: else -> goto gone
        fi
    };
    if :: gate -> skip :: else -> goto gone fi;
#ifndef NO_OUTCOME_LOOK          /* 6.34, an ended trial stays ended */
    if
    :: outcome == 0
#ifdef NO_LISTING                /* 6.34, 3.14, the same: this client remembers that the name was missing */
    :: atomic { outcome != 0 && faults > 0 -> faults-- }
    :: outcome != 0 -> goto gone
#else
    :: else -> goto gone
#endif
    fi;
#endif
start:
    if
    :: atomic { fault() -> goto gone }                               /* killed before the start */
    :: atomic { shown && fault(); shown = false; listed[a]--; goto start }  /* taken for dead */
    :: atomic {
        starts[a]++;
        alive[here]++;
        assert(starts[a] == 1);                          /* ONE_START */
        assert(outcome == 0 || here != inode);           /* ENDED_STAYS_ENDED */
        assert(!given_up[a]);                            /* GIVEN_UP_NEVER_STARTS */
        assert(alive[here] == 1) }                       /* STRAGGLERS_APART */
    fi;
    if
    :: atomic { result[here] = a; alive[here]--; goto post }
    :: atomic { fault() -> if :: shown -> listed[a]-- :: else fi; goto straggler }  /* the wrapper alone was killed */
    fi;
post:
    atomic {
        event[a] = true; told[a] = shown;
        assert(!shown || !lost[a])                       /* END_IS_HEARD */
    };
gone:
    atomic { if :: shown -> listed[a]-- :: else fi; here = 0; shown = false; goto end };
straggler:
    atomic { result[here] = a; alive[here]--; here = 0; shown = false };
end:
    a = 0
}

/* Loses a job, or starts it twice. */
#define serve(a) atomic { queued[a] > 0 -> \
    if \
    :: queued[a]--; listed[a]++; run Wrapper(a) \
    :: fault() -> queued[a]-- \
    :: fault() -> listed[a]++; run Wrapper(a) \
    fi }

active proctype Scheduler() {
end:
    do
    :: serve(1)
    :: serve(2)
#if ATTEMPTS > 2
    :: serve(3)
#endif
    od
}

inline may_die() { if :: true :: epoch != e -> goto dead fi }

inline read_last_word(segment) {
    copy(m, disk[segment]);
    if
    :: segment > 0 && length[segment] == 0 && length[segment - 1] > sealed[segment] -> copy(m, disk[segment - 1])
    :: else
    fi
}

/* 7.5 */
inline take_over() {
    old = epoch;
again:
    atomic { read_last_word(old); read = length[old] };
    atomic {
        if :: epoch != old -> goto dead :: else fi;  /* somebody else was faster */
        epoch++; e = epoch;
        assert(e <= EPOCHS);
        copy(disk[e], m); sealed[e] = read;
        if :: e > 1 -> copy(disk[e - 2], disk[0]); length[e - 2] = 0; sealed[e - 2] = 0 :: else fi
    };
    may_die();
    read = (length[old] > read);
    if :: epoch != e -> goto dead :: else fi;
    if :: read -> old = e; goto again :: else fi;
    old = 0; read = 0
}

/* 6.7, 6.9 */
inline give_up(a) {
    atomic {
        if
        :: claims_there && claim[a] == TAKEN            /* adopted */
        :: else ->
#ifndef NO_VOID                  /* 6.7, what is given up never starts */
#ifdef NO_VOID_DIRECTORY         /* 6.9, the same */
            if :: claims_there -> claim[a] = VOID :: else fi;
#else
            too_late = too_late || epoch != e;
            claims_there = true; claim[a] = VOID;
#endif
#endif
            m.state[a] = VOIDED
        fi
    }
}

/* Only the newest attempt can be open. A claim that is met for the first time may be of a job that was submitted after
 * the listing: 6.10. */
inline judge() {
    atomic {
        if
        :: m.state[a] == SUBMITTED && posted -> m.state[a] = DONE
        :: m.state[a] == SUBMITTED && !posted && !seen ->
            if
            :: claims_there && claim[a] == TAKEN && !met -> met = true
            :: claims_there && claim[a] == TAKEN && met ->
                m.state[a] = LOST; lost[a] = true;
                m.aside = true;
                assert(!told[a] || epoch != e)           /* END_IS_HEARD */
            :: else -> give_up(a)
            fi
        :: else
        fi;
        seen = false
    }
}

#define over(a) (m.state[a] == VOIDED || m.state[a] == LOST)

inline decide() {
    fresh = 0;
    if
    :: m.ended == 0 && a > 0 && m.state[a] == DONE -> m.ended = result[inode]
    :: m.ended == 0 && !m.aside && (a == 0 || over(a)) ->
        if :: a < ATTEMPTS -> fresh = a + 1; m.last = fresh; m.state[fresh] = SUBMITTED; met = false :: else fi
    :: else
    fi
}

inline commit() {
    if
    :: epoch <= e + 1 && (m.last != disk[e].last || m.ended != disk[e].ended || m.state[m.last] != disk[e].state[m.last] ||
                          m.inode != disk[e].inode || m.aside != disk[e].aside || m.settled != disk[e].settled) ->
        copy(disk[e], m); length[e]++
    :: else                      /* nothing new, or a segment that is never read again */
    fi;
    for (i : 1 .. ATTEMPTS) { given_up[i] = given_up[i] || (epoch == e && m.state[i] == VOIDED) };
    i = 0
}

inline submit(a) {
    atomic { claims_there = true; too_late = too_late || epoch != e };
    may_die();
    atomic { gate = claims_there; too_late = too_late || epoch != e };
    may_die();
    if
    :: queued[a]++
    :: atomic { fault() -> queued[a]++ }; give_up(a)     /* refused, they say */
    fi
}

/* 6.18 */
inline set_aside() {
    atomic {
#ifndef NO_ASIDE                 /* 6.17, 6.18, a straggler changes no later result */
        if :: inode == m.inode -> inode++ :: else fi;
#endif
        m.inode = inode; m.aside = false
    }
}

/* 6.5: the outcome first, then the gate, then the claims */
inline settle() {
    atomic {
        if
        :: outcome == 0 ->
            outcome = m.ended;
            assert(outcome == m.last)                    /* STRAGGLERS_APART */
        :: else -> assert(outcome == m.ended)            /* ENDED_STAYS_ENDED */
        fi
    };
    may_die();
    gate = false;
    may_die();
    do
    :: d_step { claims_there -> for (i : 1 .. ATTEMPTS) { claim[i] = 0 }; i = 0 };
        atomic { for (i : 1 .. ATTEMPTS) { if :: claim[i] -> break :: else fi }; if :: i > ATTEMPTS -> claims_there = false :: else fi; i = 0 }
    :: else -> break
    od;
    m.settled = true
}

#ifdef NO_LIST_FIRST             /* 6.11, an end that was posted is heard */
#define list_first 0
#else
#define list_first 1
#endif
#ifdef NO_COMPLETE               /* 6.10, the same */
#define otherwise false
#else
#define otherwise true
#endif
#ifdef NO_ADOPTION               /* 6.10, 6.13, the same */
#define meets(a) true
#else
#define meets(a) (claims_there && claim[a] == TAKEN)
#endif
#define news(a) (m.state[a] == SUBMITTED && (event[a] || !shows(a) || (claims_there && claim[a] == TAKEN)))
#define owes() (m.last == 0 || m.aside || (m.ended && !m.settled) || (!m.ended && over(m.last) && m.last < ATTEMPTS))

proctype Watcher() {
    byte e, old, read, i, a, fresh;
    bool met, seen, posted;      /* of attempt a: its claim, the job in the listing, its event */
    Ledger m;
    take_over();
    met = meets(m.last);
end_round:
    atomic { epoch != e || news(m.last) || owes() -> a = m.last; posted = !list_first && event[a] };
    atomic { if :: seen = shows(a) :: fault() -> seen = otherwise fi };  /* or an answer that is not complete */
    posted = posted || (list_first && event[a]);
    judge();
#ifdef NO_KEEP_EVENTS            /* 6.27, the same */
    if :: posted -> event[a] = false :: else fi;
    may_die();
#endif
    /* 7.4: the commit, the look for a later epoch, and only then the acts */
    atomic { decide(); commit() };
    if :: epoch != e -> goto dead :: else fi;
    may_die();
    if
    :: fresh > 0 -> submit(fresh); fresh = 0
    :: m.aside -> set_aside()
    :: m.ended && !m.settled -> settle()
    :: else
    fi;
    may_die();
    atomic { if :: posted && m.state[a] != SUBMITTED -> event[a] = false :: else fi; posted = false };
    goto end_round;
dead:
    skip;
    d_step {                     /* fewer states */
        for (i : 1 .. ATTEMPTS) { m.state[i] = 0 };
        m.last = 0; m.ended = 0; m.inode = 0; m.aside = false; m.settled = false;
        e = 0; old = 0; read = 0; fresh = 0; a = 0; i = 0; met = false; seen = false; posted = false
    }
}

/* Somebody takes the watcher for dead. */
active proctype Rival() {
end:
    do
    :: atomic { rivals > 0 -> rivals--; run Watcher() }
    od
}

init {
    run Watcher();
    timeout;
    assert(outcome != 0);                                /* EVERY_TRIAL_ENDS */
    assert(too_late || (!gate && !claims_there))         /* NOTHING_IS_LEFT */
}
