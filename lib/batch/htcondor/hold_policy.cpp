#include "batch/htcondor/hold_policy.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "base/text.hpp"

namespace tw {

namespace {

std::optional<int> whole_number(std::string_view text) {
    int number = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool all = failure == std::errc() && stop == text.data() + text.size();
    return all && number >= 0 ? std::optional<int>(number) : std::nullopt;
}

Error not_a_rule(const std::string& text) {
    return Error{
        Code::invalid,
        fmt::format("'{}' is no rule for held jobs", text),
        {},
        {},
        0,
        "rules are 'wait', 'release 5m 3' (after 5 minutes, 3 times, then fail), 'resubmit' and 'fail'"};
}

// The codes of "hold.CODE" and "hold.CODE.SUBCODE".
std::optional<std::pair<int, int>> codes_of(const std::string& name) {
    auto parts = split(name, '.');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    auto code = whole_number(parts[1]);
    auto subcode = parts.size() == 3 ? whole_number(parts[2]) : std::optional<int>(-1);
    if (!code || !subcode) return std::nullopt;
    return std::pair<int, int>{*code, *subcode};
}

}  // namespace

const std::vector<std::pair<int, std::string>>& default_hold_rules() {
    static const std::vector<std::pair<int, std::string>> rules{
        {1, "wait"},      // a person held it, and will know when to release it
        {3, "fail"},      // periodic_hold of the stage's options
        {5, "fail"},      // that cannot be evaluated
        {6, "resubmit"},  // the machine could not run /bin/sh, or not there
        {7, "resubmit"},  // nor open the output
        {8, "fail"},      // nor the input, which only a generated file names
        {9, "resubmit"},  {10, "fail"},
        {14, "resubmit"},  // the machine does not see the trial's directory
        {15, "wait"},      // submitted on hold
        {16, "wait"},      // input is being spooled
        {17, "resubmit"},  // no shadow that fits
        {19, "resubmit"},  // a hook of the site's
        {20, "fail"},      // deferral time missed
        {21, "fail"},      // the machine's policy (WANT_HOLD): too much memory or disk, too long
        {23, "resubmit"},  // no such user there
        {24, "resubmit"}, {25, "fail"},      // cron settings
        {26, "fail"},                        // the site's policy (SYSTEM_PERIODIC_HOLD)
        {32, "fail"},                        // input larger than allowed
        {33, "fail"},                        // output larger than allowed
        {34, "fail"},                        // more memory than asked for
        {35, "fail"},                        // no such image
        {36, "resubmit"}, {43, "fail"},      // a script of the site's around the job
        {44, "fail"},     {45, "resubmit"},  // no containers there
        {46, "fail"},                        // the stage's time
        {47, "fail"},     {48, "resubmit"},
    };
    return rules;
}

EndCause hold_cause(int code) {
    if (code == 46 || code == 47) return EndCause::time_limit;
    return code == 34 ? EndCause::memory : EndCause::held;
}

Result<HoldRule> parse_hold_rule(const std::string& text) {
    std::istringstream words(text);
    std::string kind, delay, times, more;
    words >> kind >> delay >> times >> more;
    if (kind == "release") {
        auto after = parse_duration(delay);
        auto count = whole_number(times);
        if (!after || !count || !more.empty()) return fail(not_a_rule(text));
        return HoldRule{HoldRule::Kind::release, *after, *count};
    }
    if (!delay.empty()) return fail(not_a_rule(text));
    if (kind == "wait") return HoldRule{HoldRule::Kind::wait, {}, 0};
    if (kind == "resubmit") return HoldRule{HoldRule::Kind::resubmit, {}, 0};
    if (kind == "fail") return HoldRule{HoldRule::Kind::fail, {}, 0};
    return fail(not_a_rule(text));
}

bool HoldPolicy::is_option(const std::string& name) {
    return name == "hold" || name.starts_with("hold.");
}

Result<HoldPolicy> HoldPolicy::read(const OptionTable& options) {
    HoldPolicy policy;
    for (const auto& [code, text] : default_hold_rules()) policy.rules_[{code, -1}] = *parse_hold_rule(text);
    policy.other_ = *parse_hold_rule(default_hold_rule);
    for (const auto& [name, text] : options) {
        if (!is_option(name)) continue;
        auto rule = parse_hold_rule(text);
        auto codes = codes_of(name);
        if (rule && name != "hold" && !codes) {
            rule = fail(Code::invalid,
                        fmt::format("'{}' names no hold code: 'hold.13' or 'hold.13.2' does", name));
        }
        if (!rule) {
            rule.error().pointer = "/options/" + name;
            return fail(rule.error());
        }
        (name == "hold" ? policy.other_ : policy.rules_[*codes]) = *rule;
    }
    return policy;
}

HoldRule HoldPolicy::rule(int code, int subcode) const {
    for (const auto& codes : {std::pair<int, int>{code, subcode}, std::pair<int, int>{code, -1}}) {
        auto found = rules_.find(codes);
        if (found != rules_.end()) return found->second;
    }
    return other_;
}

}  // namespace tw
