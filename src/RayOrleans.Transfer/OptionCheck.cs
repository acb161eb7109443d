namespace RayOrleans.Transfer;

/// <summary>Checks of options, with messages that say what would be right.</summary>
internal static class OptionCheck
{
    public static void Require(bool valid, string options, string option, object value, string range)
    {
        if (!valid)
            throw new ArgumentException($"{options}.{option} is {value}; it must be {range}.", option);
    }

    public static void Time(TimeSpan value, string options, string option) =>
        Require(value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1), options, option, value, "between one millisecond and one day");
}
