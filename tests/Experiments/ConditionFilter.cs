using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Experiments;

/// <summary>Which conditions are measured: those with a wanted value in every field that is named, <c>hoursHeard=15</c>.</summary>
sealed class ConditionFilter
{
    static readonly JsonSerializerOptions AllFields = new(JsonSerializerDefaults.Web);

    readonly ILookup<string, string> wanted;

    /// <param name="arguments">Each <c>field=value</c>; values of one field are alternatives.</param>
    /// <exception cref="InvalidSettingException">A condition has no such field.</exception>
    public ConditionFilter(IEnumerable<string> arguments)
    {
        var fields = arguments.Select(a => a.Split('=', 2));
        wanted = fields.ToLookup(f => f[0], f => f.Length == 2 ? f[1] : "", StringComparer.OrdinalIgnoreCase);
        var known = Fields(new Condition());
        if (wanted.FirstOrDefault(w => !known.ContainsKey(w.Key)) is { } unknown)
        {
            var names = string.Join(", ", known.Select(f => f.Key));
            throw new InvalidSettingException($"--only {unknown.Key}: expected field=value, the field one of {names}");
        }
    }

    public bool Selects(Condition condition)
    {
        var fields = Fields(condition);
        return wanted.All(w => w.Contains(fields[w.Key]?.ToString() ?? "", StringComparer.OrdinalIgnoreCase));
    }

    static JsonObject Fields(Condition condition) =>
        new(JsonSerializer.SerializeToNode(condition, AllFields)!.AsObject().Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())),
            new JsonNodeOptions { PropertyNameCaseInsensitive = true });
}
