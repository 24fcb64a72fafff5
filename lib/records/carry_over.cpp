#include "records/carry_over.hpp"

#include <algorithm>
#include <numeric>

namespace tw {

CarryOver::CarryOver(Space space) : space_(std::move(space)), by_name_(space_.parameters.size()) {
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::sort(by_name_.begin(), by_name_.end(), [this](std::size_t a, std::size_t b) {
        return space_.parameters[a].name < space_.parameters[b].name;
    });
}

Result<Params> CarryOver::operator()(Params params) const {
    if (fits_as_it_is(params)) return params;
    return carry_over(space_, params);
}

// Where the given ones are just those that are active by what is given, they are by what is carried over.
bool CarryOver::fits_as_it_is(const Params& params) const {
    auto given = params.begin();
    for (const std::size_t index : by_name_) {
        const Parameter& parameter = space_.parameters[index];
        const bool is_given = given != params.end() && given->first == parameter.name;
        if (is_given != is_active(space_, parameter, params)) return false;
        if (!is_given) continue;
        if (!in_domain(parameter, given->second)) return false;
        ++given;
    }
    return given == params.end();
}

}  // namespace tw
