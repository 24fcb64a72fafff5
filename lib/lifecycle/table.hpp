// The total tables: what each event means in each state. No default branch; protocol/02-lifecycle.md
// shows them as print_tables() does, and a test holds the two together.
#pragma once

#include <optional>
#include <string>

#include "records/event.hpp"

namespace tw {

enum class Ruling {
    go,      // the event takes effect
    ignore,  // late or repeated news: true, and of no consequence
    error,   // cannot have happened; the event is not journalled
};

// Events about one task's current attempt: submitted ... voided. (News of an earlier attempt is
// ignored before the table is asked, news of a later one is an error.)
bool is_task_event(EventKind kind);
Ruling ruling(TaskState state, EventKind kind);

// Events about a stage or the trial; and, for task events, whether the trial still listens.
Ruling ruling(TrialState state, EventKind kind);

// Both tables in Markdown.
std::string print_tables();

}  // namespace tw
