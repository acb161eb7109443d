namespace RayOrleans.Grains;

/// <summary>What the first call to an actor carries for those who place it.</summary>
public static class ActorRequestContext
{
    /// <summary>The key in the request context under which the creator's node puts what the actor needs, as bytes.</summary>
    public const string RequestKey = "RayOrleans.ActorRequest";
}
