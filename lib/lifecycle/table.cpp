#include "lifecycle/table.hpp"

#include <array>
#include <cstdlib>

namespace tw {

namespace {

constexpr auto G = Ruling::go;
constexpr auto I = Ruling::ignore;
constexpr auto E = Ruling::error;

constexpr int task_event_count = 9;
constexpr std::array task_events{EventKind::submitted, EventKind::accepted, EventKind::started,
                                 EventKind::ok,        EventKind::failed,   EventKind::timeout,
                                 EventKind::infra,     EventKind::lost,     EventKind::voided};

// A ready or waiting attempt may start and end without our SUBMIT: a watcher that was taken over may
// have handed over the same attempt after its journal was sealed. The claim decided; we adopt.
constexpr Ruling task_table[task_states][task_event_count] = {
    //              submitted accepted started ok failed timeout infra lost voided
    /* ready     */ {G, E, G, G, G, G, G, E, G},
    /* submitted */ {E, G, G, G, G, G, G, G, G},
    /* running   */ {E, G, I, G, G, G, G, G, E},
    /* backoff   */ {G, E, G, G, G, G, G, E, G},
    /* done      */ {E, I, I, I, I, I, I, I, I},
    /* failed    */ {E, I, I, I, I, I, I, I, I},
    /* cancelled */ {E, I, I, I, I, I, I, I, I},
};

constexpr int trial_event_count = 11;
constexpr std::array trial_events{EventKind::submitted, EventKind::frozen, EventKind::broken,
                                  EventKind::marker,    EventKind::stop,   EventKind::kill,
                                  EventKind::retry,     EventKind::moved,  EventKind::vanished,
                                  EventKind::concluded, EventKind::settled};

// The first column stands for every task event.
constexpr Ruling trial_table[trial_states][trial_event_count] = {
    //              task frozen broken marker stop kill retry moved vanished concluded settled
    /* waiting  */ {G, G, G, G, G, G, I, G, G, G, E},
    /* running  */ {G, G, G, G, G, G, G, G, G, G, E},
    /* stopping */ {G, G, G, G, G, G, I, G, G, G, E},
    /* closing  */ {G, I, I, I, I, G, I, G, G, G, E},
    /* complete */ {I, I, I, I, I, I, E, I, I, I, G},
    /* pruned   */ {I, I, I, I, I, I, G, I, I, I, G},
    /* failed   */ {I, I, I, I, I, I, G, I, I, I, G},
    /* killed   */ {I, I, I, I, I, I, G, I, I, I, G},
};

template <std::size_t N>
int column_of(const std::array<EventKind, N>& events, EventKind kind) {
    for (std::size_t i = 0; i < N; ++i)
        if (events[i] == kind) return static_cast<int>(i);
    return -1;
}

const char* word(Ruling ruling) {
    switch (ruling) {
        case Ruling::go: return "go";
        case Ruling::ignore: return "ignore";
        case Ruling::error: return "error";
    }
    std::abort();
}

template <class State, std::size_t N>
std::string print_table(const char* corner, const std::array<EventKind, N>& events, int states,
                        bool task_column) {
    std::string text = std::string("| ") + corner + " |";
    for (auto kind : events)
        text += " " + std::string(task_column && is_task_event(kind) ? "task event" : to_string(kind)) + " |";
    text += "\n|---|";
    for (std::size_t i = 0; i < N; ++i) text += "---|";
    text += "\n";
    for (int row = 0; row < states; ++row) {
        auto state = static_cast<State>(row);
        text += "| " + std::string(to_string(state)) + " |";
        for (auto kind : events) text += std::string(" ") + word(ruling(state, kind)) + " |";
        text += "\n";
    }
    return text;
}

}  // namespace

bool is_task_event(EventKind kind) {
    return column_of(task_events, kind) >= 0;
}

Ruling ruling(TaskState state, EventKind kind) {
    int column = column_of(task_events, kind);
    return column < 0 ? E : task_table[static_cast<int>(state)][column];
}

Ruling ruling(TrialState state, EventKind kind) {
    int column = is_task_event(kind) ? 0 : column_of(trial_events, kind);
    return column < 0 ? E : trial_table[static_cast<int>(state)][column];
}

std::string print_tables() {
    return "### Task table\n\n" + print_table<TaskState>("task", task_events, task_states, false) +
           "\n### Trial table\n\n" + print_table<TrialState>("trial", trial_events, trial_states, true);
}

}  // namespace tw
