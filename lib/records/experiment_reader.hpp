// Private to read_experiment. Not installed.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "records/experiment.hpp"
#include "records/object_reader.hpp"

namespace tw {

BackendSpec read_backend(const json::Value& value, const std::string& pointer, Mistakes& mistakes);
Resources read_resources(const json::Value& value, const std::string& pointer, Mistakes& mistakes);

// "agents". That a stage uses them is the caller's to look at.
PoolSpec read_pool(const json::Value& value, const std::string& pointer, Mistakes& mistakes);
// `space`: nothing where it could not be read, and then what stands against it is not looked for.
OptimizerSpec read_optimizer(const json::Value& value, const std::string& pointer,
                             const std::vector<Objective>& objectives, const Space* space,
                             Mistakes& mistakes);

// The configurations of optimizer.first. What is given fits, its parents are given too (or fixed) and switch
// it on, and no complete one is there twice.
std::vector<Params> read_first(const json::Value& value, const std::string& pointer, const Space* space,
                               Mistakes& mistakes);

// Metric and direction are those of an objective where they are not stated.
PrunerSpec read_pruner(const json::Value& value, const std::string& pointer,
                       const std::vector<Objective>& objectives, Mistakes& mistakes);

// `sampler` is the one that is asked for: not every rule goes with every one.
StopSpec read_stop(const json::Value& value, const std::string& pointer, const std::string& sampler,
                   const std::vector<Objective>& objectives, Mistakes& mistakes);

// "constraints": those on parameters become part of `space`; `unsure`: parameters whose domain is not known.
void read_constraints(const json::Value& value, const std::string& pointer,
                      const std::set<std::string>& unsure, Experiment& experiment, Mistakes& mistakes);

// With `after` and the last `done` filled in, and checked against each other.
std::vector<Stage> read_stages(const json::Value& value, const std::string& pointer, Mistakes& mistakes);
std::vector<Stage> default_stages();

// `stated`: which stages say `after` themselves. Fills in the others, then looks for unknown names,
// for per-trial stages and once-stages that depend on each other, and for circles.
void link_stages(std::vector<Stage>& stages, const std::vector<bool>& stated, const std::string& pointer,
                 Mistakes& mistakes);

// One of `words`, or a mistake. `noun` as in "there is no sampler 'tp'".
void read_word(ObjectReader& reader, const std::string& key, const std::string& noun,
               const std::vector<std::string>& words, std::string& out);

}  // namespace tw
