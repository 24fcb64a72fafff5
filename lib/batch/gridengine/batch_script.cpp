#include "batch/gridengine/batch_script.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"

namespace tw::gridengine {

// The first line is for queues whose shell_start_mode is unix_behavior. Children that are forked get the
// traps reset, but what is ignored stays so, also for programs that they become. 99 and 100 mean something to
// Grid Engine.
std::string batch_script(const std::string& launch, Seconds grace) {
    static constexpr const char* text = R"(#!/bin/sh
tw_pid='' tw_ending='' tw_stopping='' tw_timer=''
tw_end() {{
    [ -z "$tw_stopping" ] || kill -KILL 0
    tw_ending=1
    [ -z "$tw_pid" ] || tw_pass
}}
tw_pass() {{
    [ -z "$tw_timer" ] || return 0
    kill -TERM "$tw_pid" 2> /dev/null
    (trap '' USR1 USR2; sleep {grace}; kill -KILL 0) &
    tw_timer=$!
}}
trap tw_end USR2
trap 'tw_stopping=1' USR1
trap 'tw_stopping=' CONT
case ${{SGE_TASK_ID-}} in
    '' | undefined) tw_index=0 ;;
    *) tw_index=$SGE_TASK_ID ;;
esac
(trap '' USR1 USR2; exec /bin/sh {launch} "$tw_index") &
tw_pid=$!
[ -z "$tw_ending" ] || tw_pass
while :; do
    wait "$tw_pid" 2> /dev/null
    tw_status=$?
    kill -0 "$tw_pid" 2> /dev/null || break
done
[ -z "$tw_timer" ] || kill "$tw_timer" 2> /dev/null
case $tw_status in
    99 | 100) tw_status=1 ;;
esac
exit "$tw_status"
)";
    auto seconds = static_cast<long>(std::ceil(grace.count()));
    return fmt::format(text, fmt::arg("launch", shell_quote(launch)),
                       fmt::arg("grace", seconds < 1 ? 1 : seconds));
}

}  // namespace tw::gridengine
