// Private to lib/import: one reader for each tool. Mistakes and notes go into the draft.
#pragma once

#include "import/draft.hpp"

namespace tw::foreign {

// W&B: a sweep configuration, https://docs.wandb.ai/guides/sweeps/sweep-config-keys
bool is_wandb(const json::Value& file);
void read_wandb(const json::Value& file, Draft& draft);

// NNI: a search space, or the configuration of an experiment that has one,
// https://nni.readthedocs.io/en/stable/hpo/search_space.html
bool is_nni(const json::Value& file);
void read_nni(const json::Value& file, Draft& draft);

// ConfigSpace: what its to_json writes, in releases before 1.0 and since.
bool is_configspace(const json::Value& file);
void read_configspace(const json::Value& file, Draft& draft);

// Optuna: by name what distribution_to_json writes, as text or as the object in it.
bool is_optuna(const json::Value& file);
void read_optuna(const json::Value& file, Draft& draft);

// Ray Tune has spaces in Python only. Read is what people write them down as in JSON: by name, nested at
// will,
//   {"uniform": [0, 1]} or {"tune.uniform": [0, 1]}   a function of Ray with its arguments in their order
//   {"type": "uniform", "lower": 0, "upper": 1}       or with the arguments by name
//   {"grid_search": [1, 2]}                           as in files of RLlib
//   anything else                                     a constant, or an object of more parameters
// by itself, or as "param_space", "space" or "config" beside "metric", "mode" and "num_samples".
bool is_ray(const json::Value& file);
void read_ray(const json::Value& file, Draft& draft);

}  // namespace tw::foreign
