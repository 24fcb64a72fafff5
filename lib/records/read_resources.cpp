#include <cmath>

#include "records/experiment_reader.hpp"

namespace tw {

namespace {

// A part of one, or whole ones.
void read_gpus(ObjectReader& reader, Resources& resources) {
    double gpus = 0;
    if (!reader.real("gpus", gpus)) return;
    bool part = gpus >= 0.001 && gpus < 1;
    if (!part && (gpus < 0 || gpus != std::floor(gpus) || gpus > INT32_MAX))
        return reader.wrong("gpus",
                            "'gpus' must be a whole number from 0, or a part of one GPU such as 0.25");
    resources.gpus = part ? 1 : static_cast<int>(gpus);
    if (part) resources.gpu_share = static_cast<int>(std::ceil(gpus * 1000 - 1e-6));
}

}  // namespace

Resources read_resources(const json::Value& value, const std::string& pointer, Mistakes& mistakes) {
    Resources resources;
    Seconds time{0};
    ObjectReader reader(value, pointer, mistakes);
    reader.whole("cpus", resources.cpus, 1);
    read_gpus(reader, resources);
    reader.bytes("memory", resources.memory);
    if (reader.seconds("time", time)) resources.time = time;
    if (resources.time && *resources.time <= Seconds(0)) reader.wrong("time", "'time' must be more than 0");
    reader.whole("nodes", resources.nodes, 1);
    reader.whole("ranks", resources.ranks, 1);
    reader.options("options", resources.options);
    reader.refuse_unknown();
    return resources;
}

}  // namespace tw
