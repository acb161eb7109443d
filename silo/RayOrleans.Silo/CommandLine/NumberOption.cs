using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace RayOrleans.Silo.CommandLine;

/// <summary>Options that are numbers within bounds; a wrong value is an error of the command line, with the bounds in its message.</summary>
internal static class NumberOption
{
    /// <summary>An option.</summary>
    /// <param name="name">Its name with the dashes.</param>
    /// <param name="description">What it does.</param>
    /// <param name="standard">Its value when it is not given.</param>
    /// <param name="least">The least value allowed.</param>
    /// <param name="most">The greatest value allowed.</param>
    public static Option<T> Create<T>(string name, string description, T standard, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out T value) && value >= least && value <= most)
                {
                    return value;
                }

                result.AddError($"{name} must be a number from {least} to {most}.");
                return standard;
            },
        };
}
