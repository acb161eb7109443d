namespace RayOrleans;

/// <summary>
/// What every exception of this library implements, also those that derive from a more telling .NET exception.
/// Catch all of them with <c>catch (Exception e) when (e is IRayException)</c>.
/// </summary>
public interface IRayException
{
    /// <summary>What happened, where, why, and what can be done.</summary>
    string Message { get; }
}
