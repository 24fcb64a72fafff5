#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "records/experiment_reader.hpp"

namespace tw {

void read_word(ObjectReader& reader, const std::string& key, const std::string& noun,
                const std::vector<std::string>& words, std::string& out) {
    std::string word;
    if (!reader.text(key, word)) return;
    if (std::find(words.begin(), words.end(), word) != words.end())
        out = word;
    else
        reader.wrong(key, fmt::format("there is no {} '{}'", noun, word), suggestion(word, words));
}

BackendSpec read_backend(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    BackendSpec backend;
    ObjectReader reader(value, pointer, mistakes);
    read_word(reader, "type", "backend", {"local", "slurm", "htcondor", "gridengine", "command", "agents"},
               backend.type);
    reader.options("options", backend.options);
    reader.refuse_unknown();
    return backend;
}

namespace {

PbtSpec read_pbt(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    PbtSpec pbt;
    ObjectReader reader(value, pointer, mistakes);
    reader.whole("population", pbt.population, 2);
    reader.whole("interval", pbt.interval, 1);
    reader.whole("max", pbt.max, 0);
    if (pbt.max > 0 && pbt.max < pbt.interval) reader.wrong("max", "'max' must not be less than 'interval'");
    reader.refuse_unknown();
    return pbt;
}

// Directories of earlier experiments: any path, each once.
void read_warm_start(ObjectReader& reader, OptimizerSpec& optimizer) {
    constexpr std::size_t longest = 4096;  // PATH_MAX
    auto& list = optimizer.warm_start;
    if (!reader.texts("warm_start", list)) return;
    for (std::size_t i = 0; i < list.size(); ++i) {
        bool wrong = list[i].empty() || list[i].size() > longest || list[i].find('\0') != std::string::npos;
        bool again = std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(i), list[i]) !=
                     list.begin() + static_cast<std::ptrdiff_t>(i);
        if (wrong)
            reader.wrong("warm_start", fmt::format("entry {} of 'warm_start' is no path", i),
                         "name the directory of an earlier experiment, such as \"../first\"");
        if (again) reader.wrong("warm_start", fmt::format("'{}' is there twice", list[i]));
    }
}

}  // namespace

OptimizerSpec read_optimizer(const json::Value& value, const std::string& pointer,
                             const std::vector<Objective>& objectives, const Space* space,
                             Mistakes& mistakes) {
    OptimizerSpec optimizer;
    ObjectReader reader(value, pointer, mistakes);
    read_word(reader, "sampler", "sampler",
               {"auto", "random", "grid", "sobol", "tpe", "gp", "cmaes", "nsga2", "pbt"},
              optimizer.sampler);
    reader.whole("trials", optimizer.trials, 0);
    reader.whole("parallel", optimizer.parallel, 0);
    reader.natural("seed", optimizer.seed);
    read_warm_start(reader, optimizer);
    if (const auto* first = reader.find("first"))
        optimizer.first = read_first(*first, pointer + "/first", space, mistakes);
    if (const auto* pruner = reader.find("pruner"))
        optimizer.pruner = read_pruner(*pruner, pointer + "/pruner", objectives, mistakes);
    if (const auto* stop = reader.find("stop"))
        optimizer.stop = read_stop(*stop, pointer + "/stop", optimizer.sampler, objectives, mistakes);
    if (const auto* pbt = reader.find("pbt")) optimizer.pbt = read_pbt(*pbt, pointer + "/pbt", mistakes);
    if (reader.find("pbt") && optimizer.sampler != "pbt")
        reader.wrong("pbt", fmt::format("'pbt' is a key of the sampler pbt, not of '{}'", optimizer.sampler),
                     R"(write "sampler": "pbt", or leave it out)");
    if (optimizer.sampler == "pbt" && optimizer.pruner.promote)
        reader.wrong("pruner", "the sampler pbt and 'promote' both give trials their budgets",
                     "leave 'promote' out");
    reader.refuse_unknown();
    return optimizer;
}

}  // namespace tw
