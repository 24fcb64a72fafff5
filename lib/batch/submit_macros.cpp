#include "batch/submit_macros.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/text.hpp"
#include "batch/submit_lines.hpp"

namespace tw {

namespace {

constexpr std::size_t longest_value = 65536;
constexpr int most_steps = 10000;  // against definitions that double each other
constexpr std::size_t most_characters = std::size_t{1} << 29, longest_name = 64;
constexpr int deepest = 64;
constexpr std::size_t longest_reference = 1024;

// A '$' and what it introduces. `length` 1: a plain character.
struct Reference {
    std::size_t length = 1;
    bool machine = false;       // $$(...) or $$[...]
    std::string_view function;  // of $name(...); empty for $(...)
    std::string_view body;
};

std::size_t closing_parenthesis(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < std::min(text.size(), open + longest_reference); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    return text.npos;
}

std::string_view name_of(std::string_view body) {
    return trim(body.substr(0, std::min(body.find(':'), body.size())));
}

bool only_of(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == text.npos;
}

bool is_function(std::string_view name) {
    for (const char* known : {"ENV", "RANDOM_CHOICE", "RANDOM_INTEGER", "CHOICE", "SUBSTR", "INT", "REAL",
                              "STRING", "EVAL", "DIRNAME", "BASENAME"}) {
        if (name == known) return true;
    }
    return name[0] == 'F' && only_of(name.substr(1), "abcdefghijklmnopqrstuvwxyz");
}

// As in HTCondor, what only looks like a reference, $(a b) or $name(x), is plain text.
Reference reference_at(std::string_view text) {
    Reference found;
    if (text.starts_with("$$")) {
        found.length = 2;
        found.machine = text.size() > 2 && (text[2] == '(' || text[2] == '[');
        return found;
    }
    std::string_view head = text.substr(0, longest_reference);
    std::size_t open = head.find_first_of("$(", 1);
    if (open == head.npos || head[open] == '$') return found;
    if (open > 1 && !is_submit_name(head.substr(1, open - 1))) return found;
    std::size_t close = closing_parenthesis(text, open);
    if (close == text.npos) return found;
    std::string_view function = text.substr(1, open - 1), body = text.substr(open + 1, close - open - 1);
    if (function.empty() ? !is_submit_name(name_of(body)) : !is_function(function)) return found;
    found.length = close + 1;
    found.function = function;
    found.body = body;
    return found;
}

Error mistake(std::string what, std::string hint = {}) {
    return Error{Code::invalid, std::move(what), {}, {}, 0, std::move(hint)};
}

}  // namespace

struct SubmitMacros::Work {
    std::string out;
    int steps = 0, depth = 0;
};

void SubmitMacros::define(const std::string& name, const std::string& value, int line) {
    if (spent_ > most_characters) return;  // the next expansion says so
    const std::string key = lower_case(name);
    auto before = defined_.find(key);
    std::string whole;
    for (std::size_t i = 0; i < value.size();) {
        Reference found;
        if (value[i] == '$') found = reference_at(std::string_view(value).substr(i));
        bool itself = found.length > 1 && !found.machine && found.function.empty() &&
                      lower_case(name_of(found.body)) == key;
        if (itself && before != defined_.end() && whole.size() < longest_value) {
            whole += before->second.value;
        } else if (itself && found.body.find(':') != found.body.npos) {
            whole += found.body.substr(found.body.find(':') + 1);
        } else {
            whole.append(value, i, found.length);
        }
        i += found.length;
    }
    spent_ += whole.size();
    defined_[key] = {std::move(whole), line};
}

void SubmitMacros::set_strong(const std::string& name, const std::string& value) {
    strong_[lower_case(name)] = {value, 0};
}

void SubmitMacros::set_weak(const std::string& name, const std::string& value) {
    weak_[lower_case(name)] = {value, 0};
}

void SubmitMacros::clear_variables() {
    strong_.clear();
    weak_.clear();
}

const SubmitMacros::Macro* SubmitMacros::find(std::string_view name) const {
    const std::string key = lower_case(name);
    for (const auto* table : {&strong_, &defined_, &weak_}) {
        if (auto at = table->find(key); at != table->end()) return &at->second;
    }
    return nullptr;
}

Result<std::string> SubmitMacros::expand(std::string_view text) {
    Work work;
    if (spent_ > most_characters)
        return fail(mistake(fmt::format("macros expand to more than {} characters in all", most_characters)));
    if (auto done = expand_into(text, work); !done) return fail(done.error());
    spent_ += text.size() + work.out.size() + static_cast<std::size_t>(work.steps) * longest_name;
    return std::move(work.out);
}

Status SubmitMacros::expand_into(std::string_view text, Work& work) const {
    if (++work.depth > deepest) return fail(mistake("macros refer to each other without end"));
    while (!text.empty()) {
        std::size_t plain = std::min(text.find('$'), text.size());
        work.out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (work.out.size() > longest_value)
            return fail(mistake("macros expand to more than 65536 characters"));
        if (text.empty()) break;
        Reference found = reference_at(text);
        if (found.machine) {
            return fail(mistake("$$(...) asks for a machine's attribute, and there is none here"));
        }
        Status done;
        if (found.body.data() == nullptr) {
            work.out += text.substr(0, found.length);
        } else if (found.function.empty()) {
            done = expand_reference(found.body, work);
        } else {
            done = expand_function(found.function, found.body, work);
        }
        if (!done) return done;
        text.remove_prefix(found.length);
    }
    --work.depth;
    return {};
}

Status SubmitMacros::expand_reference(std::string_view body, Work& work) const {
    std::string_view name = name_of(body);
    if (++work.steps > most_steps) return fail(mistake("macros refer to each other without end"));
    if (const Macro* macro = find(name)) return expand_into(macro->value, work);
    if (lower_case(name) == "dollar") {
        work.out += '$';
        return {};
    }
    std::size_t colon = body.find(':');
    if (colon == body.npos) return fail(unknown(name));
    return expand_into(body.substr(colon + 1), work);
}

Error SubmitMacros::unknown(std::string_view name) const {
    std::vector<std::string> names{"process", "cluster", "item", "itemindex", "step", "row"};
    for (const auto* table : {&strong_, &defined_}) {
        for (const auto& [known, macro] : *table) names.push_back(known);
    }
    std::string meant = did_you_mean(lower_case(name), names);
    return mistake(fmt::format("$({}) has no value", name),
                   meant.empty() ? fmt::format("$({}:) would be empty where it has none", name)
                                 : fmt::format("did you mean $({})?", meant));
}

Status SubmitMacros::expand_function(std::string_view name, std::string_view body, Work& work) const {
    if (name[0] == 'F' && only_of(name.substr(1), "fpdnxqb")) {
        auto part = file_part(name.substr(1), name_of(body), work);
        if (!part) return fail(part.error());
        work.out += *part;
        return {};
    }
    if (name == "ENV") {
        return fail(mistake(
            fmt::format("$ENV({}) is not read here: the watcher's environment is not the job's", body),
            "write the value itself when generating the file"));
    }
    return fail(mistake(fmt::format("${}(...) is not understood", name), "only $(name) and $F...(name) are"));
}

// Of the macro's value, or of the text itself where it is a path.
// p: all directories, d: the last one, n: name, x: extension; f: absolute, b: bare, q: in quotes.
Result<std::string> SubmitMacros::file_part(std::string_view flags, std::string_view name, Work& work) const {
    auto has = [&](char flag) { return flags.find(flag) != flags.npos; };
    const Macro* macro = find(name);
    bool literal = !macro && name.find_first_of("/.") != name.npos;
    if (!macro && !literal) return fail(unknown(name));
    Work inner;
    inner.steps = work.steps + 1;
    inner.depth = work.depth;
    if (auto done = expand_into(literal ? name : macro->value, inner); !done) return fail(done.error());
    work.steps = inner.steps;
    std::string path = std::move(inner.out);
    if (has('f') && !path.starts_with("/")) path = directory_ + "/" + path;

    std::size_t slash = path.rfind('/');
    std::string file = slash == path.npos ? path : path.substr(slash + 1);
    std::string parents = slash == path.npos ? "" : path.substr(0, slash + 1);
    std::size_t above = parents.size() < 2 ? parents.npos : parents.rfind('/', parents.size() - 2);
    std::string parent = above == parents.npos ? parents : parents.substr(above + 1);
    std::size_t dot = file.rfind('.');
    std::string extension = dot == file.npos ? "" : file.substr(dot);
    std::string stem = dot == file.npos ? file : file.substr(0, dot);

    bool whole = !has('p') && !has('d') && !has('n') && !has('x');
    std::string result = whole ? path : has('p') ? parents : has('d') ? parent : "";
    if (has('b') && !whole && !result.empty() && !has('n') && !has('x')) result.pop_back();
    if (has('n')) result += stem;
    if (has('x')) result += has('b') && !extension.empty() && !has('n') ? extension.substr(1) : extension;
    return has('q') ? '"' + result + '"' : result;
}

void collect_references(std::string_view text, std::set<std::string>& names) {
    for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
        Reference found = reference_at(text.substr(at));
        if (found.length > 1 && !found.machine) names.insert(lower_case(name_of(found.body)));
    }
}

}  // namespace tw
