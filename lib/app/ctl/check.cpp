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
    if (auto here = check_place(fs); !here) findings.push_back({Finding::Level::error, here.error()});
}

Findings check_file(CtlContext& context, FileSystem& fs, const ExperimentText& loaded, Place place) {
    Findings findings;
    check_search(loaded.experiment, loaded.text, findings);
    check_warm_start(context, fs, loaded.experiment, findings);
    check_commands(context, fs, loaded.experiment, findings);
    check_backends(context, loaded.experiment, place, findings);
    for (auto& [level, error] : findings)
        if (error.line == 0 && !error.pointer.empty())
            error.line = line_of_pointer(loaded.text, error.pointer);
    return findings;
}

Findings find_all(CtlContext& context, FileSystem& fs) {
    Findings findings;
    auto loaded = load_experiment(fs);
    if (!loaded) {
        for (auto& error : loaded.error()) findings.push_back({Finding::Level::error, error});
    } else {
        findings = check_file(context, fs, *loaded, {});
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

std::optional<Experiment> require_sound(CtlContext& context, FileSystem& fs, Place place, int& status) {
    auto loaded = load_experiment(fs);
    std::vector<Error> errors;
    if (!loaded) errors = loaded.error();
    if (loaded)
        for (auto& [level, error] : check_file(context, fs, *loaded, place))
            if (level == Finding::Level::error) errors.push_back(error);
    if (errors.empty()) return std::move(loaded->experiment);
    for (auto& error : errors) complain(context, error);
    status = 2;
    return std::nullopt;
}

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
