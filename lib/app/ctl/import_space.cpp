#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "import/import.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

constexpr const char* stub = R"(#!/bin/sh
# One trial: reads its parameters from config.json, or one by one as in  lr=$("$TRIALCTL" get lr),
# and writes its objectives as in  {"cost": 0.5}  into result.json.
set -eu
echo "train.sh: nothing is run yet; write here what a trial does" >&2
exit 1
)";

std::optional<Imported> read_named_space(CtlContext& context, const ImportSpaceOptions& options,
                                         int& status) {
    auto text = read_named(context, options.file);
    if (!text) {
        status = complain(context, text.error());
        return std::nullopt;
    }
    auto imported = import_space(*text, options.file == "-" ? "standard input" : options.file, options.from);
    if (imported) return std::move(*imported);
    for (auto& error : imported.error()) status = complain(context, error);
    return std::nullopt;
}

void tell_notes(CtlContext& context, const Imported& imported) {
    for (auto& note : imported.notes) context.err << "trialctl: " << note.text() << "\n";
    context.err << "trialctl: read as " << imported.from << ": "
                << (imported.notes.empty() ? "all of it is carried over"
                                           : "what is said above is not carried over as it stands")
                << "\n";
}

// What has no stages of its own gets one, whose script is to be written.
std::string with_stage(std::string experiment) {
    experiment.resize(experiment.rfind("\n}"));
    return experiment +
           ",\n  \"stages\": [{\"name\": \"train\", \"command\": [\"./train.sh\"], \"done\": "
           "\"result.json\"}]\n}\n";
}

}  // namespace

int import_space_verb(CtlContext& context, const ImportSpaceOptions& options) {
    int status = 0;
    auto imported = read_named_space(context, options, status);
    if (!imported) return status;
    context.out << imported->experiment;
    tell_notes(context, *imported);
    return 0;
}

int import_space_verb(CtlContext& context, FileSystem& fs, const ImportSpaceOptions& options) {
    if (auto empty = require_empty(fs); !empty) return complain(context, empty.error());
    int status = 0;
    auto imported = read_named_space(context, options, status);
    if (!imported) return status;
    auto made = fs.create("train.sh", stub, 0777);
    if (made) made = fs.create(layout::experiment_file, with_stage(imported->experiment));
    if (!made) return complain(context, made.error());
    tell_notes(context, *imported);
    context.out << "made " << fs.root() << "; next:\n"
                << "  write train.sh\n"
                << "  " << command_line("trialctl check", fs) << "    look for mistakes\n"
                << "  " << command_line("trialctl run", fs) << "      run the search\n";
    return 0;
}

}  // namespace tw
