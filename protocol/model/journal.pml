/* The journal over takeovers, failed writes, lost answers and power losses. Chapter 7.
 *
 * A fact stands for any decision, e.g. a trial's last word; its value is the epoch in which it was recorded. Each is
 * committed, and then acted on. Of two that decide the same fact at most one may act. */
#ifndef FAULTS
#define FAULTS 1                 /* of writes, syncs and links; power losses */
#endif
#ifndef RIVALS
#define RIVALS 1                 /* watchers that take over from one that may live on */
#endif
#define FACTS 2
#define EPOCHS (4 * RIVALS + 3 * FAULTS + 3)
#define fault() faults > 0 -> faults--

byte faults = FAULTS, rivals = RIVALS;

typedef Ledger { byte value[FACTS] };
typedef Segment {
    Ledger seen, hard;           /* what readers find; what a power loss leaves */
    byte length, hard_length;    /* records after the head */
    byte sealed;                 /* what the head was written from */
    bool own                     /* of the process that had the epoch before */
};
Segment segment[EPOCHS + 1];
byte epoch, hard_epoch;          /* the newest name; the newest that a power loss leaves */
byte boots;

/* only for the properties */
byte acted[FACTS], watchers = 1;

inline copy(to, from) { to.value[0] = from.value[0]; to.value[1] = from.value[1] }

inline forget(n) {
    copy(segment[n].seen, segment[0].hard); copy(segment[n].hard, segment[0].hard);
    segment[n].length = 0; segment[n].hard_length = 0; segment[n].sealed = 0; segment[n].own = false
}

inline read_last_word(n) {
    copy(m, segment[n].seen);
#ifndef NO_HEAD                  /* 7.5: DECIDED_ONCE */
    if
    :: n > 1 && !segment[n].own && segment[n].length == 0 && segment[n - 1].length > segment[n].sealed ->
        copy(m, segment[n - 1].seen)
    :: else
    fi
#endif
}

/* 7.5, steps 2 to 4 */
inline begin_epoch(before, of_own) {
    atomic {
        if
        :: epoch == before -> epoch++
#ifdef NO_EXCLUSIVE_LINK         /* 7.5, 3.1: DECIDED_ONCE */
        :: epoch == before + 1 && !of_own -> skip
#endif
        :: else -> goto dead     /* somebody else was faster */
        fi;
        e = before + 1;
        assert(e <= EPOCHS);
        copy(segment[e].seen, m);
#ifndef NO_HEAD_SYNC             /* 7.5: DECIDED_ONCE */
        copy(segment[e].hard, m);
#endif
        segment[e].length = 0;
        segment[e].sealed = read; segment[e].own = of_own;
        if
        :: true
        :: fault() ->            /* it was linked, and reported as failed */
#ifdef NO_LINK_LOOK              /* 3.4, 7.5: SOMEBODY_GOES_ON */
            goto dead
#endif
        fi
    };
#ifndef NO_DIRECTORY_SYNC        /* 7.5: DECIDED_ONCE */
    d_step {
        if :: hard_epoch < e -> hard_epoch = e :: else fi;
        if :: e > 2 -> forget(e - 2) :: else fi
    }
#endif
}

/* 7.4, step 3; ok: it is durable */
inline commit() {
    atomic {
        if
        :: true ->
            if :: !torn -> copy(segment[e].seen, m); segment[e].length++ :: else fi;  /* nobody reads beyond a torn frame */
            ok = true
        :: !torn && fault() -> ok = false; torn = true
        fi
    };
    if
    :: !ok
#ifdef NO_SYNC                   /* 7.4: DECIDED_ONCE */
    :: ok -> skip
#else
    :: atomic { ok ->
        if :: !dropped -> copy(segment[e].hard, segment[e].seen); segment[e].hard_length = segment[e].length :: else fi }
    :: atomic { ok && fault(); ok = false; dropped = true }  /* the pages count as clean now */
#endif
    fi
}

proctype Watcher(byte boot) {
    byte e, old, read, f, why;
    bool ok, torn, dropped;
    Ledger m;
    {
        old = epoch;
again:
        atomic { read_last_word(old); read = segment[old].length };
        begin_epoch(old, false);
        read = segment[old].length > read;
#ifndef NO_LAST_LOOK             /* 7.5: DECIDED_ONCE */
        if :: epoch != e -> goto dead :: else fi;
#endif
#ifndef NO_SECOND_LOOK           /* 7.5: DECIDED_ONCE */
        if :: read -> old = e; goto again :: else fi;
#endif
        old = 0; read = 0;
#ifndef NO_OWN_RECORD            /* 7.5: DECIDED_ONCE */
        commit();
        if
        :: !ok ->
            read = segment[e].length;
            begin_epoch(e, true);
            torn = false; dropped = false; read = 0
        :: else
        fi;
        if :: epoch != e -> goto dead :: else fi;
#endif
        do
        :: m.value[f] == 0 ->
            m.value[f] = e;
            commit();
            if
            :: !ok ->
#ifndef NO_NEW_SEGMENT           /* 7.4: DECIDED_ONCE */
                read = segment[e].length;
                begin_epoch(e, true);
                torn = false; dropped = false; read = 0
#endif
            :: else
            fi;
#ifndef NO_LOOK                  /* 7.4: DECIDED_ONCE */
            if :: epoch != e -> goto dead :: else fi
#endif
        :: else ->
            atomic {
                assert(acted[f] == 0 || acted[f] == m.value[f]);  /* DECIDED_ONCE */
                acted[f] = m.value[f];
                f++;
                if :: f == FACTS -> break :: else fi
            }
        od;
end_watching:
        epoch != e
    } unless { boots != boot };   /* power is gone */
dead:
    atomic { watchers--; e = 0; old = 0; read = 0; f = 0; ok = false; torn = false; dropped = false; m.value[0] = 0; m.value[1] = 0 }
}

active proctype World() {
    byte n;
end:
    do
    :: atomic { rivals > 0 -> rivals--; watchers++; run Watcher(boots) }
    :: atomic { fault() ->       /* a power loss: what was not synced is gone, so is every watcher */
        boots++;
        epoch = hard_epoch;
        d_step {
            for (n : 1 .. EPOCHS) {
                copy(segment[n].seen, segment[n].hard); segment[n].length = segment[n].hard_length;
                if :: n > epoch -> forget(n) :: else fi
            };
            n = 0
        };
        watchers++;
        run Watcher(boots) }
    od
}

init {
    run Watcher(0);
    timeout;
    assert(watchers > 0);                                /* SOMEBODY_GOES_ON */
    assert(acted[0] > 0 && acted[1] > 0)                 /* EVERYTHING_IS_DONE */
}
