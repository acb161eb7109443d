namespace RayOrleans.Core.Simulation;

/// <summary>What user code does, one step at a time.</summary>
internal interface IUserProgram
{
    /// <summary>The next thing a runnable body does.</summary>
    void Step(Body body);
}
