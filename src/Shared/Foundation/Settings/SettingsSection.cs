using System.ComponentModel;

namespace Ssl.Shared.Foundation.Settings;

/// <summary>A section that a host reads; registered beside its options, so that a list of settings holds what hosts accept.</summary>
/// <param name="Options">Type of the options; a new instance has the defaults.</param>
public sealed record SettingsSection(string Name, Type Options)
{
    /// <summary>The settings at every depth, in the order of the properties.</summary>
    public IEnumerable<Setting> Settings() => Below(Name, Activator.CreateInstance(Options)!);

    static IEnumerable<Setting> Below(string path, object options) => SettingNames.Settable(options.GetType()).SelectMany(property =>
    {
        var (key, value) = ($"{path}:{property.Name}", property.GetValue(options));
        if (SettingNames.IsSection(property.PropertyType))
            return Below(key, value!);
        if (SettingNames.EachOf(property.PropertyType) is { } each)
            return Below($"{key}:{{name}}", Activator.CreateInstance(each)!);
        return TypeDescriptor.GetConverter(property.PropertyType).CanConvertFrom(typeof(string)) ? [new Setting(key, property, value)] : [];
    });
}
