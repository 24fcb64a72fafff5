#include "trialdir/layout.hpp"

#include <fmt/format.h>

namespace tw::layout {

std::string shard_name(int shard) {
    return fmt::format("{:02}", shard);
}

std::string trial(const TrialId& id) {
    return id.starts_with('@') ? once + "/" + id.substr(1) : trials + "/" + id;
}

std::string config(const TrialId& id) {
    return trial(id) + "/config.json";
}

std::string result_of(const TrialId& id, const std::string& done) {
    return trial(id) + "/" + done;
}

std::string outcome(const TrialId& id) {
    return trial(id) + "/outcome.json";
}

std::string claims_of(const TrialId& id) {
    return claims + "/" + id;
}

std::string claim(const TrialId& id, const AttemptKey& key) {
    return claims_of(id) + "/" + key.name();
}

std::string jobs_of(const TrialId& id, std::int64_t incarnation) {
    return jobs + "/" + id + "." + std::to_string(incarnation);
}

std::string gate(const TrialId& id, std::int64_t incarnation) {
    return claims_of(id) + "/go." + std::to_string(incarnation);
}

std::string epoch(std::int64_t number) {
    return fmt::format("{:010}", number);
}

}  // namespace tw::layout
