package dev.reprise.evaluation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.reprise.evaluation",
    importOptions = ImportOption.DoNotIncludeTests.class)
class EvaluationLayeringTest {
  @ArchTest
  static final ArchRule metricsAreIndependentOfKafka =
      noClasses()
          .that()
          .resideInAnyPackage("..evaluation.drift..", "..evaluation.quality..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "io.micrometer..",
              "..evaluation.pairing..",
              "..evaluation.series..",
              "..evaluation.windows..");

  @ArchTest
  static final ArchRule nothingDependsOnTheTopology =
      noClasses()
          .that()
          .resideInAPackage("dev.reprise.evaluation.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.evaluation");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.reprise.evaluation.(*)..").should().beFreeOfCycles();
}
