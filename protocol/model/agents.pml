/* Agents inside allocations that take jobs from files; a watcher that takes work back from those it holds for dead.
 *
 * The rules of chapter 11, besides those of chapter 6. A job is a file in
 * agents/queue; an agent takes it by renaming it into its own folder, runs it under the wrapper, posts its end, and then
 * removes the file. Silence is "at any moment": an agent that is taken for dead may go on, as one that was stopped does. */
#ifndef FAULTS
#define FAULTS 2                 /* killed agents, lost answers, agents taken for dead, jobs that are not published */
#endif
#define KEYS (FAULTS + 1)
#define fault() faults > 0 -> faults--

byte faults = FAULTS;

#define SUBMITTED 1
#define DONE      2
#define VOIDED    3
#define LOST      4
#define VOID  1
#define TAKEN 2

/* files, by attempt */
bool queue[KEYS + 1];
byte folder[KEYS + 1];           /* whose */
byte claim[KEYS + 1];
bool event[KEYS + 1];
byte inode, result[KEYS + 1];    /* of the trial's directory; result.json, by inode */
byte outcome;

/* only for the properties */
bool killed[3], given_up[KEYS + 1];
byte starts[KEYS + 1], alive[KEYS + 1];

inline may_be_killed() { if :: true :: atomic { id == 1 && faults > 0 -> faults--; killed[id] = true; goto dead } fi }

/* or it was renamed, and reported as failed */
#define take(k) atomic { key == 0 && queue[k] -> queue[k] = false; folder[k] = id; if :: key = k :: fault() -> skip fi }
#define find(k) atomic { lists && key == 0 && folder[k] == id -> key = k }
#ifdef NO_OWN_LISTING            /* 11.2: EVERY_TRIAL_ENDS */
#define lists false
#else
#define lists true
#endif

proctype Agent(byte id) {
    byte key, here;
    bool runs;
end_idle:
    do
    :: take(1) :: take(2)
    :: find(1) :: find(2)
#if KEYS > 2
    :: take(3) :: find(3)
#endif
#if KEYS > 3
    :: take(4) :: find(4)
#endif
    :: key > 0 ->
        may_be_killed();
        atomic { here = inode; if :: claim[key] == 0 -> claim[key] = TAKEN; runs = true :: else fi };
        if
        :: runs ->
            may_be_killed();
            atomic {
                starts[key]++;
                alive[here]++;
                assert(starts[key] == 1);                /* ONE_START */
                assert(!given_up[key]);                  /* GIVEN_UP_NEVER_STARTS */
                assert(alive[here] == 1)                 /* STRAGGLERS_APART */
            };
            if
            :: true
            :: atomic { id == 1 && faults > 0 -> faults--; killed[id] = true; goto straggler }
            fi;
            atomic { result[here] = key; alive[here]-- };
#ifdef NO_EVENT_FIRST            /* 11.4: END_IS_HEARD */
            atomic { folder[key] = (folder[key] == id -> 0 : folder[key]) };
            may_be_killed();
#endif
            event[key] = true
        :: else                  /* given up, or somebody has it */
        fi;
        may_be_killed();
        atomic { folder[key] = (folder[key] == id -> 0 : folder[key]); key = 0; here = 0; runs = false }
    od;
straggler:                       /* the script lives on without its agent */
    atomic { result[here] = key; alive[here]-- };
dead:
    atomic { key = 0; here = 0; runs = false }
}

#ifdef NO_LIST_ORDER             /* 11.7: END_IS_HEARD, jobs go from the queue to a folder, and so must the eye */
#define queue_first false
#else
#define queue_first true
#endif
#define shows(k) (queue[k] || folder[k] > 0)
#define silent(k) (folder[k] > 0 && killed[folder[k]])

active proctype Watcher() {
    byte a, in_folder, state;
    bool in_queue;
end_round:
    atomic { outcome == 0 && (a == 0 || state != SUBMITTED || event[a] || !shows(a) || silent(a) || claim[a] == TAKEN ||
                                    queue[a] || faults > 0) ->
        in_queue = queue_first && queue[a]; in_folder = (queue_first -> 0 : folder[a]) };
    atomic { if :: queue_first -> in_folder = folder[a] :: else -> in_queue = queue[a] fi };
    atomic {
        if
        :: a == 0 -> state = VOIDED
        :: a > 0 && state == SUBMITTED && event[a] -> state = DONE
        :: a > 0 && state == SUBMITTED && !event[a] && !in_queue ->
            if
            :: in_folder > 0 && !killed[in_folder]       /* it beats */
            :: in_folder > 0 && !killed[in_folder] && faults > 0 -> faults--; goto take_back
            :: in_folder > 0 && killed[in_folder] -> goto take_back
            :: in_folder == 0 ->
                assert(claim[a] != TAKEN);               /* END_IS_HEARD */
                goto take_back
            fi
        :: else
        fi;
        goto decide
    };
take_back:                       /* 6.7, 6.10; never under the same attempt again */
    atomic {
        if
        :: claim[a] == TAKEN -> state = LOST
        :: else ->
#ifndef NO_VOID                  /* 6.7: GIVEN_UP_NEVER_STARTS */
            claim[a] = VOID;
#endif
            state = VOIDED; given_up[a] = true
        fi
    };
    atomic { queue[a] = false; folder[a] = 0 };
decide:
    if
    :: state == DONE -> atomic {
        outcome = result[inode];
        assert(outcome == a) }                           /* STRAGGLERS_APART */
    :: state == LOST ->
#ifndef NO_ASIDE                 /* 6.17, 6.18: STRAGGLERS_APART */
        inode++;
#endif
        state = VOIDED
    :: else
    fi;
    if
    :: state == VOIDED && a < KEYS ->
        a++; state = SUBMITTED;  /* the commit */
        if
        :: queue[a] = true
        :: atomic { fault() -> skip }                    /* the watcher was killed before */
        fi
    :: else
    fi;
    atomic { in_queue = false; in_folder = 0; goto end_round }
}

init {
    atomic { run Agent(1); run Agent(2) };
    timeout;
    assert(outcome > 0)                                  /* EVERY_TRIAL_ENDS */
}
