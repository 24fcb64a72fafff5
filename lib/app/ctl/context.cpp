#include "app/ctl/context.hpp"

#include <fmt/format.h>

#include "base/environment.hpp"
#include "base/text.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/spool.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

int complain(CtlContext& context, const Error& error) {
    context.err << "trialctl: " << error.text() << "\n";
    return exit_status(error);
}

std::string variable(CtlContext& context, const std::string& name) {
    return variable_of(context.processes.environment(), name);
}

std::string command_line(const std::string& program, FileSystem& fs, const std::string& rest) {
    return program + " " + shell_quote(fs.root()) + (rest.empty() ? "" : " " + rest);
}

std::string sortable_nonce(CtlContext& context) {
    auto milliseconds = static_cast<std::int64_t>(context.clock.now().time_since_epoch().count() * 1000);
    return fmt::format("{:012x}{}", milliseconds, context.processes.random_hex(8));
}

std::string temporary_nonce(CtlContext& context) {
    return context.processes.random_hex(8) + "." + maker_name(context.processes.self());
}

Result<std::string> read_named(CtlContext& context, const std::string& path) {
    if (path == "-") return context.read_input();
    auto file = context.find_file(path);
    if (!file) return fail(file.error());
    auto text = read_document(*file->fs, file->name, document_limit);
    if (!text) text.error().file = path;
    return text;
}

void ring(CtlContext& context, FileSystem& fs, const TrialId& trial) {
    SpoolEvent bell;
    bell.kind = SpoolKind::bell;
    bell.trial = trial;
    bell.nonce = context.processes.random_hex(12);
    (void)Spool(fs).post(bell);
}

std::string start_command(FileSystem& fs, const ExperimentView& view, const std::string& program) {
    bool other = program == "trialwatch" ? view.optimizer.may_live() : view.watcher.may_live();
    return command_line(other ? program : "trialctl run", fs);
}

void warn_without_watcher(CtlContext& context, FileSystem& fs, const ExperimentView& view) {
    if (view.watcher.may_live()) return;
    context.err << "trialctl: no watcher is alive, so this waits for: "
                << start_command(fs, view, "trialwatch") << "\n";
}

}  // namespace tw
