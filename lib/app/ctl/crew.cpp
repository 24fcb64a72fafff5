#include "app/ctl/crew.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include "app/ctl/advise.hpp"
#include "base/text.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"

namespace tw {

Crew::Crew(CtlContext& context, FileSystem& fs) : context_(context), fs_(fs) {
    if (auto stat = fs_.stat(run_log)) log_begin_ = stat->size;
}

Status Crew::start(const std::string& program, std::vector<std::string> arguments) {
    Spawn spawn;
    spawn.argv = std::move(arguments);
    spawn.argv.insert(spawn.argv.begin(), parent_of(context_.program) + "/" + program);
    spawn.environment = context_.processes.environment();
    spawn.directory = fs_.root();
    spawn.output = spawn.error = fs_.root() + "/" + run_log;
    auto id = context_.processes.spawn(spawn);
    if (!id) {
        id.error().hint = "all programs of trialwatch are installed in one directory";
        return fail(id.error());
    }
    members_.push_back({program, *id, {}});
    return {};
}

void Crew::collect() {
    for (auto& ended : context_.processes.reap())
        for (auto& member : members_)
            if (member.id.pid == ended.pid && !member.status) member.status = ended.status;
}

bool Crew::alive(const std::string& program) const {
    return std::any_of(members_.begin(), members_.end(),
                       [&](auto& member) { return member.program == program && !member.status; });
}

bool Crew::any_alive() const {
    return std::any_of(members_.begin(), members_.end(), [](auto& member) { return !member.status; });
}

std::optional<int> Crew::status(const std::string& program) const {
    for (auto& member : members_)
        if (member.program == program) return member.status;
    return std::nullopt;
}

void Crew::signal(const std::string& program, int number) {
    for (auto& member : members_)
        if (member.program == program && !member.status) (void)context_.processes.signal(member.id, number);
}

void Crew::signal_all(int number) {
    for (auto& member : members_) signal(member.program, number);
}

std::string Crew::last_words(std::size_t lines) const {
    constexpr std::int64_t most = 64 << 10;
    auto stat = fs_.stat(run_log);
    std::int64_t begin = stat ? std::max(log_begin_, stat->size - most) : 0;
    auto text = fs_.read(run_log, begin, most);
    if (!text) return "";
    auto all = split(trim(*text), '\n');
    if (all.size() > lines) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(lines));
    std::string words;
    for (auto& line : all) words += line.empty() ? "" : "  " + line + "\n";
    return words;
}

// The watcher hears of it first: an optimizer that leaves before it looks like the end of the search.
void Interrupts::pass_on() {
    int count = context_.waker->interrupts();
    if (count == 0) return;
    bool somebody = static_cast<bool>(context_.confirm);
    if (!std::exchange(any_, true)) {
        context_.err << "stopping; jobs run on"
                     << (somebody ? " (^C once more within 3 seconds ends them)" : "") << "\n";
        crew_.signal("trialwatch", SIGTERM);
        crew_.signal("trialopt", SIGTERM);
        crew_.signal("trialagent", SIGTERM);
    }
    if (!somebody || count < 2 || !crew_.alive("trialwatch") || std::exchange(ending_, true)) return;
    context_.err << "ending the jobs\n";
    crew_.signal("trialwatch", SIGINT);
}

std::vector<std::string> second_chance_of(const CtlContext& context) {
    if (!context.confirm) return {};
    return {"--second-chance", "3"};
}

Status get_ready(FileSystem& fs) {
    if (auto here = check_place(fs); !here) return here;
    return make_directory_if_absent(fs, layout::private_directory);
}

std::optional<Error> running_already(FileSystem& fs, const ExperimentView& view) {
    if (view.watcher.state != RoleView::State::alive) return std::nullopt;
    return advise(Code::busy, "it runs already: " + describe(view.watcher.owner),
                  command_line("trialctl status", fs) + ", or " + command_line("trialctl wait", fs));
}

}  // namespace tw
