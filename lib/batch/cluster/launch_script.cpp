#include "batch/cluster/launch_script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/cluster/submit_environment.hpp"

namespace tw {

namespace {

// Variables that every task has alike are exported once: an array of 1000 tasks is read by 1000 shells.
std::vector<std::string> shared_environment(const JobRequest& request) {
    std::vector<std::string> shared = request.tasks.front().environment;
    for (const TaskLaunch& task : request.tasks)
        std::erase_if(shared, [&](auto& entry) {
            return std::find(task.environment.begin(), task.environment.end(), entry) == task.environment.end();
        });
    return shared;
}

// A generated file may say "my-var=1": no shell passes on what it cannot name, the wrapper's neither.
std::string export_line(const std::string& entry) {
    std::size_t equals = entry.find('=');
    if (equals == entry.npos || !is_variable(entry.substr(0, equals))) return {};
    return fmt::format("export {}={}\n", entry.substr(0, equals), shell_quote(entry.substr(equals + 1)));
}

std::string arm(const TaskLaunch& task, std::int64_t index, const std::vector<std::string>& shared) {
    std::string text = fmt::format("{})\n", index);
    for (const std::string& entry : task.environment)
        if (std::find(shared.begin(), shared.end(), entry) == shared.end()) text += export_line(entry);
    text += "set --";
    for (const std::string& word : task.argv) text += " " + shell_quote(word);
    text += fmt::format("\nexec >> {}", shell_quote(task.output));
    text += task.error == task.output ? " 2>&1\n;;\n" : fmt::format(" 2>> {}\n;;\n", shell_quote(task.error));
    return text;
}

}  // namespace

// `.` on a file that is not there ends a POSIX shell: without its environment the job must not run.
std::string launch_script(const JobRequest& request, const std::vector<std::int64_t>& indexes, const std::string& env_file) {
    std::vector<std::string> shared = shared_environment(request);
    std::string text = "# Written by trialwatch: what each element of a group runs. It is given the element's index.\n";
    text += "tw_index=${1-}\n";
    if (!env_file.empty()) text += fmt::format("set -a\n. {} || exit 75\nset +a\n", shell_quote(env_file));
    text += fmt::format("export OMP_NUM_THREADS=\"${{OMP_NUM_THREADS:-{}}}\"\n", std::max(1, request.resources.cpus));
    for (const std::string& entry : shared) text += export_line(entry);
    text += "case $tw_index in\n";
    for (std::size_t i = 0; i < request.tasks.size(); ++i) text += arm(request.tasks[i], indexes[i], shared);
    text += "*)\necho \"trialwatch: nothing is to be done for element '$tw_index'\" >&2\nexit 0\n;;\nesac\nexec \"$@\"\n";
    return text;
}

}  // namespace tw
