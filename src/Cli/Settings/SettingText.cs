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
        .. Wrapped($"default {Value(setting.Default, setting)}; {Allowed(setting)}"),
        .. Wrapped(DocumentationFile.Summary(setting.Property)),
    ]);

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
        bool flag => flag ? "true" : "false",
        double or long when setting.Key.EndsWith("Bytes", StringComparison.Ordinal) =>
            Bytes(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Bytes(long bytes)
    {
        var (unit, count) = (0, bytes);
        for (; unit + 1 < BinaryUnits.Length && count % 1024 == 0; unit++)
            count /= 1024;
        return unit == 0 ? $"{bytes}" : $"{bytes} ({count} {BinaryUnits[unit]})";
    }

    static IEnumerable<string> Wrapped(string text)
    {
        var line = Indent;
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > Width && line != Indent)
            {
                yield return line.TrimEnd();
                line = Indent;
            }
            line += word + " ";
        }
        yield return line.TrimEnd();
    }
}
