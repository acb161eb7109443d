namespace RayOrleans.Api.Tests.Calls;

/// <summary>Asserts the static type of an expression.</summary>
internal static class StaticType
{
    /// <summary>Compiles only where <paramref name="value"/> is declared as exactly <typeparamref name="T"/>.</summary>
    public static T Is<T>(ref T value) => value;
}
