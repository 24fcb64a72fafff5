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
byte inode = 1;                  /* what has the trial's name now */
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
bool given_up[ATTEMPTS + 1], told[ATTEMPTS + 1], too_late;

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
    :: outcome != 0 -> fault()
#endif
    :: else -> goto gone
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
        assert(!given_up[a]);                            /* GIVEN_UP_NEVER_STARTS */
        assert(outcome == 0 || here != inode);           /* ENDED_STAYS_ENDED */
        assert(alive[here] == 1) }                       /* STRAGGLERS_APART */
    fi;
    if
    :: atomic { result[here] = a; alive[here]--; goto post }
    :: atomic { fault() -> if :: shown -> listed[a]-- :: else fi; goto straggler }  /* the wrapper alone was killed */
    fi;
post:
    atomic { event[a] = true; told[a] = shown };
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
#ifndef NO_HEAD                  /* 7.5, a fact that was acted on is not forgotten */
    if
    :: segment > 0 && length[segment] == 0 && length[segment - 1] > sealed[segment] -> copy(m, disk[segment - 1])
    :: else
    fi
#endif
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
#ifndef NO_LAST_LOOK             /* 7.5, the same */
    if :: epoch != e -> goto dead :: else fi;
#endif
#ifndef NO_SECOND_LOOK           /* 7.5, the same */
    if :: read -> old = e; goto again :: else fi;
#endif
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

inline judge(a) {
    if
    :: m.state[a] == SUBMITTED && posted[a] -> m.state[a] = DONE; met[a] = false
    :: m.state[a] == SUBMITTED && !posted[a] && !seen[a] ->
        if
        :: claims_there && claim[a] == TAKEN && !met[a] -> met[a] = true
        :: claims_there && claim[a] == TAKEN && met[a] ->
            m.state[a] = LOST; met[a] = false;
            m.aside = true;
            assert(!told[a] || epoch != e)               /* END_IS_HEARD */
        :: else -> give_up(a)
        fi
    :: else
    fi
}

#define over(a) (m.state[a] == VOIDED || m.state[a] == LOST)

inline decide() {
    fresh = 0;
    if
    :: m.ended == 0 && m.last > 0 && m.state[m.last] == DONE -> m.ended = result[inode]
    :: m.ended == 0 && !m.aside && (m.last == 0 || over(m.last)) ->
        assert(m.last < ATTEMPTS || epoch != e);
        if
        :: m.last < ATTEMPTS -> m.last++; m.state[m.last] = SUBMITTED; fresh = m.last
        :: else
        fi
    :: else
    fi
}

inline commit() {
    if :: epoch <= e + 1 -> copy(disk[e], m); length[e]++ :: else fi;   /* older ones are never read again */
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

inline read_spool() { d_step { for (i : 1 .. ATTEMPTS) { posted[i] = event[i] }; i = 0 } }

#define news(a) (m.state[a] == SUBMITTED && (event[a] || !shows(a)))
#define owes() (m.last == 0 || m.aside || (m.ended && !m.settled) || (!m.ended && m.state[m.last] != SUBMITTED))
#if ATTEMPTS == 2
#define any_news() (news(1) || news(2))
#else
#define any_news() (news(1) || news(2) || news(3))
#endif

proctype Watcher() {
    byte e, old, read, i, fresh;
    bool met[ATTEMPTS + 1], seen[ATTEMPTS + 1], posted[ATTEMPTS + 1];
    Ledger m;
    take_over();
#ifdef NO_ADOPTION               /* 6.10, an end that was posted is heard */
    d_step { for (i : 1 .. ATTEMPTS) { met[i] = true }; i = 0 };
#else
    d_step { for (i : 1 .. ATTEMPTS) { met[i] = claims_there && claim[i] == TAKEN && m.state[i] == SUBMITTED }; i = 0 };
#endif
end_round:
    epoch != e || any_news() || owes();
#ifdef NO_LIST_FIRST             /* 6.11, an end that was posted is heard */
    read_spool();
#endif
    atomic {
        d_step { for (i : 1 .. ATTEMPTS) { seen[i] = shows(i) }; i = 0 };
        if
        :: true
        :: fault() ->                                    /* an answer that is not complete */
#ifdef NO_COMPLETE               /* 6.10, the same */
            d_step { for (i : 1 .. ATTEMPTS) { seen[i] = false }; i = 0 }
#else
            d_step { for (i : 1 .. ATTEMPTS) { seen[i] = true }; i = 0 }
#endif
        fi
    };
#ifndef NO_LIST_FIRST
    read_spool();
#endif
    judge(1); judge(2);
#if ATTEMPTS > 2
    judge(3);
#endif
    /* 7.4: the commit, the look for a later epoch, and only then the acts */
    atomic { decide(); d_step { for (i : 1 .. ATTEMPTS) { seen[i] = false }; i = 0 } };
#ifdef NO_KEEP_EVENTS            /* 6.27, the same */
    d_step { for (i : 1 .. ATTEMPTS) { if :: posted[i] -> event[i] = false :: else fi }; i = 0 };
#endif
    may_die();
    d_step { commit() };
    may_die();
#ifndef NO_LOOK                  /* 7.4, an ended trial stays ended */
    if :: epoch != e -> goto dead :: else fi;
#endif
    if :: fresh > 0 -> submit(fresh); fresh = 0 :: else fi;
    if :: m.aside -> set_aside() :: else fi;
    if :: m.ended && !m.settled -> settle() :: else fi;
    may_die();
    d_step { for (i : 1 .. ATTEMPTS) { if :: posted[i] && m.state[i] != SUBMITTED -> event[i] = false :: else fi; posted[i] = false }; i = 0 };
    goto end_round;
dead:
    skip;
    d_step {                     /* fewer states */
        for (i : 1 .. ATTEMPTS) { met[i] = false; seen[i] = false; posted[i] = false; m.state[i] = 0 };
        m.last = 0; m.ended = 0; m.inode = 0; m.aside = false; m.settled = false;
        e = 0; old = 0; read = 0; fresh = 0; i = 0
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
    disk[0].inode = inode;
    run Watcher();
    timeout;
    assert(outcome != 0);                                /* EVERY_TRIAL_ENDS */
    assert(too_late || (!gate && !claims_there))         /* NOTHING_IS_LEFT */
}
