// Recursive descent, one function for each rule of the grammar in protocol/04.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/text.hpp"
#include "records/expression.hpp"
#include "records/expression_tokens.hpp"
#include "records/object_reader.hpp"
#include "records/space.hpp"

namespace tw {

namespace {

using Op = Expression::Op;
using Step = Expression::Step;

// Which kinds of values something may have.
using Kinds = unsigned;
constexpr Kinds number = 1, text = 2, truth = 4, null = 8, anything = 15;

Kinds kind_of(const Scalar& value) {
    if (std::holds_alternative<std::string>(value)) return text;
    if (std::holds_alternative<bool>(value)) return truth;
    return std::holds_alternative<std::nullptr_t>(value) ? null : number;
}

std::string name_of(Kinds kinds) {
    std::vector<std::string> names;
    if (kinds & number) names.emplace_back("a number");
    if (kinds & text) names.emplace_back("text");
    if (kinds & truth) names.emplace_back("true or false");
    if (kinds & null) names.emplace_back("null");
    return join(names, " or ");
}

// Part of an expression: what is known of its value.
struct Part {
    Kinds kinds = anything;
    std::size_t place = 0;
    const Parameter* parameter = nullptr;  // where it is nothing else
    std::optional<Scalar> value;           // where it is written down
};

class Parser {
public:
    Parser(const std::string& source, const Space& space, const std::set<std::string>& unsure,
           std::vector<Token> tokens)
        : source_(source), space_(space), unsure_(unsure), tokens_(std::move(tokens)) {}

    Status parse() {
        const auto whole = any();
        if (!whole) return fail(whole.error());
        if (now().kind != TokenKind::end)
            return unexpected(is_comparison(now().text) ? "one comparison at a time: a <= b and b <= c" : "");
        if (!(whole->kinds & truth))
            return wrong(*whole, fmt::format("this is {}, not true or false", name_of(whole->kinds)),
                         "compare it with something");
        if (named_) return {};
        return wrong(*whole, "no parameter is named", "a constraint is about parameters");
    }

    std::vector<Step> steps;
    std::set<std::string> mentioned;

private:
    using Parsed = Result<Part>;
    using Rule = Parsed (Parser::*)();

    const Token& now() const { return tokens_[at_]; }
    bool is(TokenKind kind, std::string_view words) const {
        return now().kind == kind && now().text == words;
    }

    bool take(TokenKind kind, std::string_view words) {
        if (!is(kind, words)) return false;
        ++at_;
        return true;
    }

    static bool is_comparison(const std::string& sign) { return comparisons().contains(sign); }

    static const std::map<std::string, Op>& comparisons() {
        static const std::map<std::string, Op> signs{{"<", Op::less},    {"<=", Op::less_equal},
                                                     {">", Op::greater}, {">=", Op::greater_equal},
                                                     {"==", Op::equal},  {"!=", Op::unequal}};
        return signs;
    }

    tl::unexpected<Error> wrong(const Part& part, const std::string& what, std::string hint = {}) const {
        return fail_at(source_, part.place, what, std::move(hint));
    }

    tl::unexpected<Error> unexpected(std::string hint = {}) const {
        if (now().kind == TokenKind::end)
            return fail_at(source_, now().place, "something is missing at the end");
        return fail_at(source_, now().place, fmt::format("'{}' is not expected here", now().text),
                       std::move(hint));
    }

    Status demand(const Part& part, Kinds wanted) const {
        if (part.kinds & wanted) return {};
        return wrong(part, fmt::format("this is {}; {} is needed", name_of(part.kinds), name_of(wanted)));
    }

    // operand { sign operand }, from left to right.
    Parsed chain(Rule operand, TokenKind kind, const std::vector<std::pair<std::string, Op>>& signs,
                 Kinds wanted) {
        Parsed left = (this->*operand)();
        while (left) {
            std::optional<Op> op;
            for (const auto& [sign, its] : signs)
                if (!op && take(kind, sign)) op = its;
            if (!op) break;
            Parsed right = (this->*operand)();
            if (!right) return right;
            for (const Part* part : {&*left, &*right})
                if (const Status good = demand(*part, wanted); !good) return fail(good.error());
            steps.push_back({*op});
            left = Part{wanted, left->place, nullptr, {}};
        }
        return left;
    }

    Parsed any() { return chain(&Parser::all, TokenKind::word, {{"or", Op::either}}, truth); }
    Parsed all() { return chain(&Parser::negation, TokenKind::word, {{"and", Op::both}}, truth); }

    Parsed negation() { return prefixed(TokenKind::word, "not", &Parser::comparison, Op::negation, truth); }

    Parsed comparison() {
        const Parsed left = sum();
        if (!left || now().kind != TokenKind::sign || !is_comparison(now().text)) return left;
        const Op op = comparisons().at(tokens_[at_++].text);
        const Parsed right = sum();
        if (!right) return right;
        const bool ordered = op != Op::equal && op != Op::unequal;
        for (const Part* part : {&*left, &*right})
            if (const Status good = demand(*part, ordered ? number : anything); !good)
                return fail(good.error());
        if (const Status good = can_be_equal(*left, *right); !good) return fail(good.error());
        steps.push_back({op});
        return Part{truth, left->place, nullptr, {}};
    }

    // A word that is none of the choices is a slip of the pen.
    Status can_be_equal(const Part& left, const Part& right) const {
        if (!(left.kinds & right.kinds))
            return wrong(right, fmt::format("{} never equals {}", name_of(left.kinds), name_of(right.kinds)));
        const Part &side = left.parameter ? left : right, &other = left.parameter ? right : left;
        if (!side.parameter || !other.value || unsure_.contains(side.parameter->name)) return {};
        if (side.parameter->type != ParameterType::categorical) return {};
        const Status inside = in_domain(*side.parameter, *other.value);
        return inside ? inside : wrong(other, inside.error().what, inside.error().hint);
    }

    Parsed sum() {
        return chain(&Parser::product, TokenKind::sign, {{"+", Op::add}, {"-", Op::subtract}}, number);
    }

    Parsed product() {
        return chain(&Parser::negative, TokenKind::sign,
                     {{"*", Op::multiply}, {"/", Op::divide}, {"%", Op::modulo}}, number);
    }

    Parsed negative() { return prefixed(TokenKind::sign, "-", &Parser::power, Op::negate, number); }

    // { sign } operand
    Parsed prefixed(TokenKind kind, std::string_view sign, Rule operand, Op op, Kinds wanted) {
        const std::size_t place = now().place;
        std::size_t count = 0;
        while (take(kind, sign)) ++count;
        const Parsed part = (this->*operand)();
        if (!part || count == 0) return part;
        if (const Status good = demand(*part, wanted); !good) return fail(good.error());
        steps.insert(steps.end(), count, Step{op});
        return Part{wanted, place, nullptr, {}};
    }

    Parsed power() {
        const Parsed base = atom();
        if (!base || !take(TokenKind::sign, "^")) return base;
        const Parsed exponent = nested(&Parser::negative);
        if (!exponent) return exponent;
        for (const Part* part : {&*base, &*exponent})
            if (const Status good = demand(*part, number); !good) return fail(good.error());
        steps.push_back({Op::power});
        return Part{number, base->place, nullptr, {}};
    }

    // All recursion goes through here.
    Parsed nested(Rule rule) {
        if (depth_ == Expression::deepest)
            return fail_at(source_, now().place,
                           fmt::format("more than {} levels deep", Expression::deepest));
        ++depth_;
        Parsed part = (this->*rule)();
        --depth_;
        return part;
    }

    Parsed atom() {
        const Token token = now();
        if (token.kind == TokenKind::end) return unexpected();
        ++at_;
        if (token.kind == TokenKind::number) return literal(token, token.number);
        if (token.kind == TokenKind::text) return literal(token, token.text);
        if (token.kind == TokenKind::name) return parameter(token);
        if (token.kind == TokenKind::word) return word(token);
        if (token.text == "(") {
            Parsed part = nested(&Parser::any);
            if (part && !take(TokenKind::sign, ")")) return unexpected("a ')' is missing");
            return part;
        }
        --at_;
        return unexpected();
    }

    Parsed literal(const Token& token, const Scalar& value) {
        steps.push_back({Op::value, value});
        return Part{kind_of(value), token.place, nullptr, value};
    }

    Parsed word(const Token& token) {
        if (token.text == "true" || token.text == "false") return literal(token, token.text == "true");
        if (token.text == "null") return literal(token, nullptr);
        if (token.text == "and" || token.text == "or" || token.text == "not") {
            --at_;
            return unexpected();
        }
        if (is(TokenKind::sign, "(")) return call(token);
        return parameter(token);
    }

    Result<const Parameter*> find(const Token& token) {
        if (const Parameter* found = space_.find(token.text)) return found;
        std::vector<std::string> names;
        for (const Parameter& known : space_.parameters) {
            if (token.kind == TokenKind::word && known.name.starts_with(token.text + "-"))
                return fail_at(source_, token.place, fmt::format("there is no parameter '{}'", token.text),
                               fmt::format("write {{{}}}: a '-' outside of braces subtracts", known.name));
            names.push_back(known.name);
        }
        return fail_at(source_, token.place, fmt::format("there is no parameter '{}'", token.text),
                       suggestion(token.text, names));
    }

    Kinds kinds_of(const Parameter& known) const {
        if (unsure_.contains(known.name)) return anything;
        if (known.type == ParameterType::fixed) return kind_of(known.value);
        Kinds kinds = known.type == ParameterType::categorical ? 0 : number;
        for (const Scalar& choice : known.choices) kinds |= kind_of(choice);
        return kinds;
    }

    Parsed parameter(const Token& token) {
        const auto found = find(token);
        if (!found) return fail(found.error());
        named_ = true;
        mentioned.insert(token.text);
        steps.push_back({Op::parameter, token.text});
        return Part{kinds_of(**found), token.place, *found, {}};
    }

    Parsed call(const Token& function) {
        ++at_;  // (
        if (function.text == "active") return active(function);
        static const std::map<std::string, Op> functions{
            {"min", Op::minimum},   {"max", Op::maximum},     {"abs", Op::absolute},
            {"log", Op::logarithm}, {"exp", Op::exponential}, {"sqrt", Op::root},
            {"floor", Op::floor},   {"ceil", Op::ceil},       {"round", Op::round}};
        const auto known = functions.find(function.text);
        if (known == functions.end())
            return fail_at(source_, function.place, fmt::format("there is no function '{}'", function.text),
                           "known: min, max, abs, log, exp, sqrt, floor, ceil, round, active");
        int count = 0;
        do {
            const Parsed part = nested(&Parser::any);
            if (!part) return part;
            if (const Status good = demand(*part, number); !good) return fail(good.error());
            ++count;
        } while (take(TokenKind::sign, ","));
        if (!take(TokenKind::sign, ")")) return unexpected("a ')' is missing");
        const bool several = known->second == Op::minimum || known->second == Op::maximum;
        if (!several && count != 1)
            return fail_at(source_, function.place, fmt::format("'{}' takes one value", function.text));
        steps.push_back({known->second, {}, count});
        return Part{number, function.place, nullptr, {}};
    }

    Parsed active(const Token& function) {
        const Token token = now();
        if (token.kind != TokenKind::word && token.kind != TokenKind::name)
            return unexpected("active() takes the name of a parameter");
        ++at_;
        const auto found = find(token);
        if (!found) return fail(found.error());
        if (!take(TokenKind::sign, ")")) return unexpected("active() takes the name of a parameter");
        named_ = true;
        steps.push_back({Op::active, token.text});
        return Part{truth, function.place, nullptr, {}};
    }

    const std::string& source_;
    const Space& space_;
    const std::set<std::string>& unsure_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool named_ = false;
};

}  // namespace

Result<Expression> Expression::parse(const std::string& source, const Space& space,
                                     const std::set<std::string>& unsure) {
    if (source.size() > longest) return fail(Code::invalid, fmt::format("longer than {} bytes", longest));
    auto tokens = read_tokens(source);
    if (!tokens) return fail(tokens.error());
    Parser parser(source, space, unsure, std::move(*tokens));
    if (const Status parsed = parser.parse(); !parsed) return fail(parsed.error());
    Expression expression;
    expression.text_ = source;
    expression.steps_ = std::move(parser.steps);
    expression.mentioned_.assign(parser.mentioned.begin(), parser.mentioned.end());
    return expression;
}

}  // namespace tw
