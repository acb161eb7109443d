namespace RayOrleans.Grains;

/// <summary>An actor can be placed nowhere: final, so it is not an exception that Orleans would try again after.</summary>
[GenerateSerializer]
[Alias("RayOrleans.ActorPlacementRefusedException")]
public sealed class ActorPlacementRefusedException : Exception, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which actor, and why.</param>
    public ActorPlacementRefusedException(string message)
        : base(message)
    {
    }
}
