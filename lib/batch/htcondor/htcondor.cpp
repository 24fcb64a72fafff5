#include "batch/htcondor/htcondor.hpp"

#include "batch/htcondor/htcondor_system.hpp"

namespace tw {

namespace {

HtcondorOptions options_or_none(const OptionTable& options) {
    auto read = read_htcondor_options(options);
    return read ? *read : HtcondorOptions{};
}

}  // namespace

Result<std::unique_ptr<BatchSystem>> make_htcondor(const BatchPorts& ports, const SystemSettings& settings) {
    if (auto good = check_htcondor_options(settings.options); !good) return fail(good.error());
    return std::unique_ptr<BatchSystem>(
        new HtcondorSystem(ports, settings, options_or_none(settings.options)));
}

Status check_htcondor_options(const OptionTable& options) {
    auto read = read_htcondor_options(options);
    if (!read) return fail(read.error());
    return {};
}

Status check_htcondor_resources(const Resources& resources) {
    if (resources.nodes > 1)
        return fail({Code::invalid,
                     "a job of the htcondor backend has one machine",
                     {},
                     "/nodes",
                     0,
                     "HTCondor's parallel universe is not supported"});
    auto commands = stage_commands({}, resources.options);
    if (!commands) return fail(commands.error());
    return {};
}

}  // namespace tw
