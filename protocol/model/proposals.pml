/* Proposers that are killed and doubled, a person with an editor, and a watcher. Chapters 1, 3, 4 and 7.7.
 *
 * A run has PROPOSALS proposals; a trial is a number in trials/, and its config.json says which proposal it is. A
 * proposer that is killed is one that is never seen again: another takes the role, and the one before may wake up.
 * The watcher keeps nothing but its journal here, so that its crashes need no step of their own. */
#ifndef FAULTS
#define FAULTS 1                 /* answers that are lost, names that are seen late */
#endif
#ifndef RIVALS
#define RIVALS 1                 /* proposers that take over */
#endif
#define PROPOSALS 2
#define PERSON (PROPOSALS + 1)   /* what she proposes */
#define NUMBERS 7                /* enough: else something would be left undone */
#define fault() faults > 0 -> faults--

byte faults = FAULTS, rivals = RIVALS;

/* trials/, by number */
bool directory[NUMBERS + 1];
byte config[NUMBERS + 1];        /* which proposal; 0: no config.json */
bool half[NUMBERS + 1];          /* of config.json there is only the beginning */
bool outcome[NUMBERS + 1];
byte epoch;                      /* of the proposer's role */
byte known[NUMBERS + 1];         /* the watcher's journal: which proposal a trial is */

/* only for the properties */
byte trial_of[PERSON + 1];       /* where a proposal was started */
byte written;                    /* proposals whose config.json is there, as bits */
#define bit(k) (1 << (k))

/* 4.5: what was proposed is what stands in trials/. */
inline look_around() {
    d_step {
        done = 0;
#ifndef NO_NEW_LOOK              /* 4.5: PROPOSED_ONCE */
        for (i : 1 .. NUMBERS) { done = done | (config[i] -> bit(config[i]) : 0) };
#endif
        i = 0
    };
#ifdef NO_LISTING                /* 3.14: PROPOSED_ONCE, this client remembers that names were missing */
    if :: true :: atomic { fault() -> done = 0 } fi
#endif
}

inline publish() {
    atomic {
        assert(!(there & bit(k)));                       /* PROPOSED_ONCE */
        assert(config[n] == 0);                          /* NOTHING_IS_OVERWRITTEN */
        config[n] = k;
        there = there | bit(k); written = written | bit(k);
#ifdef NO_WHOLE_CONFIG           /* 3.2, 4.2: NOTHING_IS_FORGOTTEN, killed before the bytes are there */
        half[n] = true;
        if :: true :: epoch != e -> goto dead fi
    };
    atomic {
        half[n] = false;
#endif
        ok = true;
        if
        :: true
        :: fault() ->            /* it was linked, and reported as failed */
#ifdef NO_LINK_LOOK              /* 3.4: PROPOSED_ONCE */
            ok = false
#endif
        fi
    }
}

proctype Proposer() {
    byte e, done, there, k, n, i;
    bool ok;
    /* 7.7 */
    atomic { epoch++; e = epoch; there = written };
    look_around();
    do
    :: (done & (bit(1) | bit(2))) == (bit(1) | bit(2)) -> break
    :: else ->
        atomic {
            if :: epoch != e -> break :: else fi;
            k = (done & bit(1) -> 2 : 1);
            n = 1
        };
        /* 1.2 */
        do
        :: atomic { !directory[n] -> directory[n] = true; break }
#ifdef NO_MKDIR                  /* 1.2: NOTHING_IS_OVERWRITTEN, a directory without config.json is taken for free */
        :: atomic { directory[n] && config[n] == 0 -> break }
#endif
        :: atomic { directory[n] && n < NUMBERS -> n++ }
        od;
        publish();
        if :: ok -> done = done | bit(k) :: else fi
    od;
dead:
    atomic { e = 0; done = 0; there = 0; k = 0; n = 0; i = 0; ok = false }
}

active proctype Rival() {
end:
    do
    :: atomic { rivals > 0 -> rivals--; run Proposer() }
    od
}

/* mkdir, and then an editor that writes in two strokes, where it opened the file. */
active proctype Person() {
    byte n = 1;
    do
    :: atomic { !directory[n] -> directory[n] = true; break }
    :: atomic { directory[n] && n < NUMBERS -> n++ }
    od;
    atomic {
        assert(config[n] == 0);                          /* NOTHING_IS_OVERWRITTEN */
        config[n] = PERSON; half[n] = true; written = written | bit(PERSON)
    };
    half[n] = false
}

#define unseen(n) (config[n] != 0 && !outcome[n] && (!half[n] || eager))
#ifdef NO_NOT_YET                /* 3.9, 3.10: NOTHING_IS_REFUSED */
#define eager true
#else
#define eager false
#endif

#define next(x) atomic { unseen(x) -> n = x }

active proctype Watcher() {
    byte n, i;
    bool twin;
end:
    do
    :: if
       :: next(1) :: next(2) :: next(3) :: next(4) :: next(5) :: next(6) :: next(7)
       fi;
        assert(!half[n]);                                /* NOTHING_IS_REFUSED */
        d_step {
            known[n] = config[n];                        /* the commit: 7.4 */
            twin = false;
            for (i : 1 .. NUMBERS) { twin = twin || (i != n && known[i] == known[n] && trial_of[known[n]] == i) };
            i = 0
#ifdef NO_REFUSAL                /* 4.4: STARTED_ONCE */
            ; twin = false
#endif
        };
        if
        :: !twin ->
            assert(trial_of[known[n]] == 0 || trial_of[known[n]] == n);  /* STARTED_ONCE */
            trial_of[known[n]] = n
        :: else                  /* refused as a duplicate: nothing of it is started */
        fi;
        atomic { outcome[n] = true; n = 0; twin = false }
    od
}

init {
    run Proposer();
    timeout;
    assert(trial_of[1] > 0 && trial_of[2] > 0 && trial_of[PERSON] > 0);  /* NOTHING_IS_FORGOTTEN */
    byte n;
    for (n : 1 .. NUMBERS) { assert(config[n] == 0 || outcome[n]) }      /* NOTHING_IS_FORGOTTEN */
}
