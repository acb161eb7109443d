using System.Globalization;

namespace RayOrleans;

/// <summary>The rules that values of options obey; each failure names the option.</summary>
internal static class OptionCheck
{
    /// <summary>Resource amounts are exact to this fraction.</summary>
    private const int UnitsPerOne = 10_000;

    private const double LargestAmount = 1e12;

    private static readonly string[] OwnOption = ["CPU", "GPU", "memory"];

    public static double Amount(double value, string option, string? what = null)
    {
        what ??= option;
        if (!double.IsFinite(value) || value < 0)
        {
            throw new ArgumentException($"{what} is {Text(value)}; it must be zero or positive.", option);
        }

        if (value > LargestAmount)
        {
            throw new ArgumentException($"{what} is {Text(value)}; the largest amount is {Text(LargestAmount)}.", option);
        }

        decimal scaled = (decimal)value * UnitsPerOne;
        if (scaled != decimal.Truncate(scaled) || (scaled == 0 && value != 0))
        {
            throw new ArgumentException($"{what} is {Text(value)}; amounts are exact to 1/10,000 and no finer.", option);
        }

        return value;
    }

    public static double? Amount(double? value, string option) => value is { } amount ? Amount(amount, option) : null;

    public static long Bytes(long value, string option) =>
        value >= 0 ? value : throw new ArgumentException($"{option} is {value} bytes; it must be zero or positive.", option);

    public static long? Bytes(long? value, string option) => value is { } bytes ? Bytes(bytes, option) : null;

    public static int AtLeast(int value, int least, string option, string meaning) =>
        value >= least ? value : throw new ArgumentException($"{option} is {value}; it must be at least {least} ({meaning}).", option);

    public static int? AtLeast(int? value, int least, string option, string meaning) =>
        value is { } number ? AtLeast(number, least, option, meaning) : null;

    public static TEnum Known<TEnum>(TEnum value, string option)
        where TEnum : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentException($"{option} is {value}, which is not one of {string.Join(", ", Enum.GetNames<TEnum>())}.", option);

    public static string? Name(string? value, string option) =>
        value is null || !string.IsNullOrWhiteSpace(value) ? value : throw new ArgumentException($"{option} is empty; leave it out or give a name.", option);

    public static OptionMap<double>? Resources(IReadOnlyDictionary<string, double>? resources, string option)
    {
        foreach ((string name, double amount) in resources ?? OptionMap<double>.Empty)
        {
            Key(name, option);
            if (OwnOption.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new ArgumentException($"{option} names \"{name}\", which has an option of its own: numCpus, numGpus or memory.", option);
            }

            Amount(amount, option, $"{option}[\"{name}\"]");
        }

        return OptionMap<double>.From(resources);
    }

    public static OptionMap<string>? Texts(IReadOnlyDictionary<string, string>? texts, string option)
    {
        foreach ((string name, string? text) in texts ?? OptionMap<string>.Empty)
        {
            Key(name, option);
            if (text is null)
            {
                throw new ArgumentException($"{option}[\"{name}\"] is null.", option);
            }
        }

        return OptionMap<string>.From(texts);
    }

    public static OptionMap<int>? Counts(IReadOnlyDictionary<string, int>? counts, string option)
    {
        foreach ((string name, int count) in counts ?? OptionMap<int>.Empty)
        {
            Key(name, option);
            if (count < 1)
            {
                throw new ArgumentException($"{option}[\"{name}\"] is {count}; it must be at least 1.", option);
            }
        }

        return OptionMap<int>.From(counts);
    }

    private static void Key(string name, string option)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException($"{option} has an entry with an empty name.", option);
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
