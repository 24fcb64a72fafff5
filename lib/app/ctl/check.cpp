#include <fmt/format.h>

#include <algorithm>

#include "app/ctl/findings.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "trialdir/experiment_dir.hpp"

namespace tw {

namespace {

const char* word(Finding::Level level) {
    switch (level) {
        case Finding::Level::error: return "error";
        case Finding::Level::warning: return "warning";
        case Finding::Level::note: return "note";
    }
    return "note";
}

Paint paint_of(Finding::Level level) {
    if (level == Finding::Level::note) return Paint::dim;
    return level == Finding::Level::error ? Paint::bad : Paint::busy;
}

void check_identity_file(FileSystem& fs, Findings& findings) {
    auto identity = read_identity_file(fs);
    Status good = identity ? Status{} : Status(fail(identity.error()));
    if (identity && *identity) good = check_identity(fs, **identity);
    if (!good) findings.push_back({Finding::Level::error, good.error()});
}

Findings find_all(CtlContext& context, FileSystem& fs) {
    Findings findings;
    auto loaded = load_experiment(fs);
    if (!loaded) {
        for (auto& error : loaded.error()) findings.push_back({Finding::Level::error, error});
    } else {
        check_search(loaded->experiment, loaded->text, findings);
        check_commands(context, fs, loaded->experiment, findings);
        check_trials(fs, loaded->experiment, findings);
    }
    check_identity_file(fs, findings);
    return findings;
}

void print_findings(CtlContext& context, const Findings& findings, std::ptrdiff_t errors) {
    for (auto& [level, error] : findings)
        context.out << painted(word(level), paint_of(level), context.colour) << ": " << one_line(error.text())
                    << "\n";
    if (errors == 0) context.out << painted("no mistakes found", Paint::good, context.colour) << "\n";
}

}  // namespace

int check_verb(CtlContext& context, FileSystem& fs, bool json) {
    Findings findings = find_all(context, fs);
    auto errors = std::count_if(findings.begin(), findings.end(),
                                [](auto& finding) { return finding.level == Finding::Level::error; });
    if (json) {
        Json list = Json::array();
        for (auto& [level, error] : findings) {
            Json one = to_json(error);
            one["level"] = word(level);
            list.push_back(std::move(one));
        }
        print_json(context, list);
    } else {
        print_findings(context, findings, errors);
    }
    return errors > 0 ? 2 : 0;
}

}  // namespace tw
