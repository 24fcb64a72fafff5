#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "records/experiment_reader.hpp"
#include "records/graph.hpp"

namespace tw {

namespace {

const Stage* find(const std::vector<Stage>& stages, const std::string& name) {
    for (const Stage& stage : stages)
        if (stage.name == name) return &stage;
    return nullptr;
}

const char* kind_words(Once once) {
    switch (once) {
        case Once::no: return "runs for each trial";
        case Once::before: return "runs once before the first trial";
        case Once::after: return "runs once after the last trial";
    }
    return "";
}

void fill_in(std::vector<Stage>& stages, const std::vector<bool>& stated) {
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (stated[i]) continue;
        for (std::size_t j = 0; j < i; ++j)
            if (stages[j].once == stages[i].once && !stages[j].name.empty())
                stages[i].after = {stages[j].name};
    }
}

void check_after(const std::vector<Stage>& stages, std::size_t index, const std::string& pointer,
                 Mistakes& mistakes) {
    std::vector<std::string> names;
    const Stage& stage = stages[index];
    for (const Stage& other : stages) names.push_back(other.name);
    for (const std::string& name : stage.after) {
        if (mistakes.full()) return;
        const std::string place = fmt::format("{}/{}/after", pointer, index);
        const Stage* before = find(stages, name);
        if (!before)
            mistakes.add(place, fmt::format("there is no stage '{}'", name), suggestion(name, names));
        else if (before->once != stage.once)
            mistakes.add(place, fmt::format("'{}' {} and cannot wait for '{}', which {}", stage.name,
                                            kind_words(stage.once), name, kind_words(before->once)));
    }
}

}  // namespace

void link_stages(std::vector<Stage>& stages, const std::vector<bool>& stated, const std::string& pointer,
                 Mistakes& mistakes) {
    fill_in(stages, stated);
    Dependencies dependencies;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        check_after(stages, i, pointer, mistakes);
        dependencies.emplace(stages[i].name, stages[i].after);
    }
    if (const auto cycle = find_cycle(dependencies); !cycle.empty())
        mistakes.add(pointer, "the stages wait for each other in a circle: " + join(cycle, " -> "));
}

}  // namespace tw
