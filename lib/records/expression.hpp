// A condition on parameters as text, such as "layers * width <= 4096". Grammar and meaning: protocol/04,
// constraints.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"

namespace tw {

struct Space;

// Read once, then evaluated often. A value: immutable, safe to share between threads.
class Expression {
public:
    // Longer texts and deeper parentheses are mistakes.
    static constexpr std::size_t longest = 4096;
    static constexpr int deepest = 100;

    // Names and kinds of values are checked against `space`, but for the domains of the `unsure` parameters.
    // An error says line and column within the text.
    static Result<Expression> parse(const std::string& text, const Space& space,
                                    const std::set<std::string>& unsure = {});

    const std::string& text() const { return text_; }

    // Parameters by name, each once, in the order of their names; not what is asked by active() alone.
    const std::vector<std::string>& mentioned() const { return mentioned_; }

    // Total: never fails. True where a parameter that it mentions has no value in `params`, which is what an
    // inactive one has.
    bool holds(const Params& params) const;

    enum class Op {
        value,
        parameter,
        active,
        add,
        subtract,
        multiply,
        divide,
        modulo,
        power,
        negate,
        less,
        less_equal,
        greater,
        greater_equal,
        equal,
        unequal,
        both,
        either,
        negation,
        minimum,
        maximum,
        absolute,
        logarithm,
        exponential,
        root,
        floor,
        ceil,
        round,
    };

    // Of a stack machine, in order: takes its operands from the stack and leaves its result.
    struct Step {
        Op op = Op::value;
        Scalar operand{};  // the value; the name of a parameter
        int count = 2;     // minimum, maximum: of how many
    };

private:
    std::string text_;
    std::vector<Step> steps_;
    std::vector<std::string> mentioned_;
};

}  // namespace tw
