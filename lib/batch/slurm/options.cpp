#include "batch/slurm/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "batch/cluster/cluster_options.hpp"
#include "batch/slurm/sbatch_flags.hpp"

namespace tw::slurm {

namespace {

Status wrong(std::string what, std::string hint = {}) {
    return fail({Code::invalid, std::move(what), {}, {}, 0, std::move(hint)});
}

Status read_throttle(const std::string& text, int& out) {
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, out);
    if (failure == std::errc() && stop == end && out > 0) return {};
    return wrong(fmt::format("throttle must be a whole number above 0, not '{}'", text));
}

Status read_gpus_as(const std::string& text, bool& of_job) {
    of_job = text == "gpus";
    if (of_job || text == "gres") return {};
    return wrong(fmt::format("gpus_as must be 'gres' or 'gpus', not '{}'", text),
                 "gres works everywhere, gpus where SelectType is select/cons_tres");
}

// It stands inside of --gres=gpu:TYPE:N, where a comma begins another resource.
Status read_gpu_type(const std::string& text, std::string& out) {
    out = text;
    bool good = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    if (good) return {};
    return wrong(fmt::format("'{}' is no type of GPU", text), "as in `sinfo -o %G`: gpu:TYPE:COUNT");
}

Status read_jobcomp(const std::string& text, bool of_stage, std::string& out) {
    out = text;
    if (of_stage) return wrong("jobcomp is an option of the backend, not of a stage");
    if (text.starts_with('/')) return {};
    return wrong(fmt::format("jobcomp must be an absolute path, not '{}'", text));
}

Status read_flag(const std::string& name, const std::string& text, OptionTable& flags) {
    std::vector<std::string> ours = cluster_option_names();
    ours.insert(ours.end(), {"gpu_type", "gpus_as", "jobcomp", "throttle"});
    if (auto good = check_sbatch_flag(name, ours); !good) return good;
    if (text.find('\0') != text.npos) return wrong(fmt::format("{} holds a zero byte", name));
    if (text == "false")
        flags.erase(name);
    else
        flags[name] = text;
    return {};
}

Status read_one(const std::string& name, const std::string& text, bool of_stage, Options& out) {
    if (name == "throttle") return read_throttle(text, out.throttle);
    if (name == "gpus_as") return read_gpus_as(text, out.gpus_of_job);
    if (name == "gpu_type") return read_gpu_type(text, out.gpu_type);
    if (name == "jobcomp") return read_jobcomp(text, of_stage, out.jobcomp);
    return read_flag(name, text, out.flags);
}

}  // namespace

Result<Options> read_options(const OptionTable& backend, const OptionTable& stage) {
    Options result;
    for (const OptionTable* table : {&backend, &stage}) {
        for (const auto& [name, text] : *table) {
            auto read = read_one(name, text, table == &stage, result);
            if (read) continue;
            Error error = read.error();
            error.pointer = "/options/" + name;
            return fail(error);
        }
    }
    return result;
}

}  // namespace tw::slurm
