// Search spaces of other tools as an experiment.json. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw {

struct Imported {
    std::string from;          // what it was read as, of import_formats()
    std::string experiment;    // an experiment.json without stages, which read_experiment accepts
    std::vector<Error> notes;  // what is not carried over as it stands, with file, pointer and line
};

// wandb, nni, ray, configspace, optuna.
const std::vector<std::string>& import_formats();

// Reads the text of a sweep file of W&B, a search space of NNI or of Ray in JSON, a ConfigSpace in JSON, or
// distributions of Optuna by name; in YAML, too, what is JSON there. `from` is one of the formats, or empty:
// then the text says it. All mistakes are found, each with `file`, pointer and line. Never empty when
// unexpected. Thread-safe.
tl::expected<Imported, std::vector<Error>> import_space(const std::string& text, const std::string& file,
                                                        const std::string& from = "");

}  // namespace tw
