using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Settings;

/// <summary>A setting as text: key, default, what is allowed, documentation.</summary>
static class SettingText
{
    const int Width = 80;
    const string Indent = "    ";
    static readonly string[] BinaryUnits = ["", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(Setting setting) => string.Join('\n',
    [
        setting.Key,
        .. Comment(setting, Width - Indent.Length).Select(line => Indent + line),
    ]);

    /// <summary>Default, what is allowed, and documentation, in lines of at most <paramref name="width"/> characters.</summary>
    public static IEnumerable<string> Comment(Setting setting, int width) =>
        Wrapped($"default {Value(setting.Default, setting)}; {Allowed(setting)}", width)
            .Concat(Wrapped(DocumentationFile.Summary(setting.Property), width));

    /// <summary>The same as fields, for programs.</summary>
    public static object Fields(Setting setting) => new
    {
        setting.Key,
        Default = setting.Default is null ? null : Plain(setting.Default),
        Allowed = Allowed(setting),
        Documentation = DocumentationFile.Summary(setting.Property),
    };

    /// <summary>A value as a user types it.</summary>
    public static string Plain(object value) => value is bool flag ? (flag ? "true" : "false")
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>The range of numbers and durations, the values of an enumeration.</summary>
    static string Allowed(Setting setting)
    {
        var property = setting.Property;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return OneOf(Enum.GetNames(type));
        if (type == typeof(bool))
            return "true or false";
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            return $"{Value(range.Minimum, setting)} to {Value(range.Maximum, setting)}";
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } choices)
            return OneOf(choices.Pattern.Split('|'));
        var required = property.IsDefined(typeof(RequiredMemberAttribute))
            || property.GetCustomAttribute<RequiredAttribute>() is { AllowEmptyStrings: false };
        return required ? "not empty" : "any text";
    }

    static string OneOf(string[] values) => $"one of {string.Join(", ", values)}";

    /// <summary>As a user types it; for bytes, also in a binary unit.</summary>
    static string Value(object? value, Setting setting) => value switch
    {
        null => "none",
        double or long when setting.Key.EndsWith("Bytes", StringComparison.Ordinal) =>
            Bytes(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => Plain(value),
    };

    static string Bytes(long bytes)
    {
        var (unit, count) = (0, bytes);
        for (; unit + 1 < BinaryUnits.Length && count % 1024 == 0; unit++)
            count /= 1024;
        return unit == 0 ? $"{bytes}" : $"{bytes} ({count} {BinaryUnits[unit]})";
    }

    static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > width && line.Length > 0)
            {
                yield return line.TrimEnd();
                line = "";
            }
            line += word + " ";
        }
        yield return line.TrimEnd();
    }
}
