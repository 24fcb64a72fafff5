#include <fmt/format.h>

#include <algorithm>

#include "records/experiment_reader.hpp"

namespace tw {

namespace {

constexpr int most_agents = 100000;

// One job is one agent, and an agent fills one node.
void refuse_parts(const json::Value& value, const std::string& pointer, const Resources& resources,
                  Mistakes& mistakes) {
    for (const char* key : {"nodes", "ranks"})
        if (value.is_object() && value.contains(key))
            mistakes.add(pointer + "/" + key, fmt::format("an agent has no '{}': it fills one node", key),
                         "raise 'max' instead");
    if (resources.gpus == 1 && resources.gpu_share < 1000)
        mistakes.add(pointer + "/gpus", "an agent has whole GPUs, of which its runs may have parts",
                     R"("gpus": 1)");
}

void read_submit(const json::Value& value, const std::string& pointer, PoolSpec& pool, Mistakes& mistakes) {
    ObjectReader reader(value, pointer, mistakes);
    if (const auto* backend = reader.require("backend"))
        pool.backend = read_backend(*backend, reader.at("backend"), mistakes);
    if (pool.backend.type == "agents")
        mistakes.add(reader.at("backend") + "/type", "agents cannot be submitted to agents",
                     "name the batch system that starts them");
    if (const auto* resources = reader.find("resources")) {
        pool.resources = read_resources(*resources, reader.at("resources"), mistakes);
        refuse_parts(*resources, reader.at("resources"), pool.resources, mistakes);
    }
    reader.refuse_unknown();
}

// "--slots=4" and "--slots" alike.
void refuse_own_arguments(ObjectReader& reader, const std::vector<std::string>& arguments) {
    for (const std::string& word : arguments) {
        std::string option = word.substr(0, word.find('='));
        if (option == "--idle") reader.wrong("arguments", "--idle is said by 'idle'", R"("idle": "10m")");
        for (const char* own : {"--slots", "--memory", "--walltime", "--pool"})
            if (option == own)
                reader.wrong("arguments", option + " is said by the pool itself",
                             "write it in submit.resources");
        if (word.find('\0') != word.npos)
            reader.wrong("arguments", "a word of 'arguments' contains a zero byte");
    }
}

}  // namespace

PoolSpec read_pool(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    PoolSpec pool;
    std::int64_t max = 0;
    ObjectReader reader(value, pointer, mistakes);
    reader.whole("min", pool.min, 0);
    reader.require("max");
    bool bounded = reader.whole("max", max, 1, most_agents);
    pool.max = static_cast<int>(max);
    if (bounded && pool.min > pool.max) reader.wrong("min", "'min' must not be more than 'max'");
    reader.seconds("idle", pool.idle);
    if (reader.texts("arguments", pool.arguments)) refuse_own_arguments(reader, pool.arguments);
    if (const auto* submit = reader.require("submit"))
        read_submit(*submit, reader.at("submit"), pool, mistakes);
    reader.refuse_unknown();
    return pool;
}

}  // namespace tw
