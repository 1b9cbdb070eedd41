using System.Collections;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ssl.Shared.Foundation.Settings;

/// <summary>Binds options once, at start, and refuses what is misspelt, not a value of its type, or out of range.</summary>
public static class ValidatedOptions
{
    /// <summary>Registers <typeparamref name="T"/> itself as a singleton, read from <paramref name="section"/>.</summary>
    /// <param name="moved">What to say of settings that the section had once.</param>
    /// <exception cref="InvalidSettingException">Names the setting, the value and what is allowed.</exception>
    public static T AddValidatedOptions<T>(
        this IServiceCollection services, IConfiguration configuration, string section, MovedSettings? moved = null) where T : class, new()
    {
        var options = Read<T>(configuration, section, moved);
        services.AddSingleton(options).AddSingleton(new SettingsSection(section, typeof(T)));
        return options;
    }

    /// <summary>The options of a section, for a program without services.</summary>
    /// <inheritdoc cref="AddValidatedOptions"/>
    public static T Read<T>(IConfiguration configuration, string section, MovedSettings? moved = null) where T : class, new()
    {
        var source = configuration.GetSection(section);
        SettingNames.CheckSection(source, typeof(T), moved ?? new MovedSettings());
        T options;
        try
        {
            options = source.Get<T>() ?? new T();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidSettingException($"{e.Message} {e.InnerException?.Message}".TrimEnd());
        }
        Validate(options, section);
        return options;
    }

    static void Validate(object options, string path)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true))
        {
            var problem = problems[0];
            var property = problem.MemberNames.FirstOrDefault();
            var value = property is null ? null : options.GetType().GetProperty(property)?.GetValue(options);
            throw new InvalidSettingException($"{path}:{property} is '{value}': {problem.ErrorMessage}");
        }
        foreach (var property in options.GetType().GetProperties())
        {
            if (SettingNames.IsSection(property.PropertyType) && property.GetValue(options) is { } nested)
                Validate(nested, $"{path}:{property.Name}");
            else if (SettingNames.EachOf(property.PropertyType) is not null && property.GetValue(options) is IDictionary named)
            {
                foreach (DictionaryEntry entry in named)
                    Validate(entry.Value!, $"{path}:{property.Name}:{entry.Key}");
            }
        }
    }
}
